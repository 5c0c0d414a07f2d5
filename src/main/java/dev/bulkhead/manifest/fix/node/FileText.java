package dev.bulkhead.manifest.fix.node;

import java.util.Arrays;

/** The text of a file and its lines, which end with a line feed, a carriage return, or both. */
public final class FileText {
    private final String chars;
    private final int[] starts;

    public FileText(String chars) {
        this.chars = chars;
        int[] found = new int[16];
        // A byte order mark is no part of the first line.
        found[0] = chars.startsWith("\uFEFF") ? 1 : 0;
        int count = 1;
        for (int i = 0; i < chars.length(); i++) {
            if (isBreak(chars, i)) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = i + 1;
            }
        }
        this.starts = Arrays.copyOf(found, count);
    }

    private static boolean isBreak(String chars, int i) {
        char c = chars.charAt(i);
        return c == '\n' || (c == '\r' && (i + 1 == chars.length() || chars.charAt(i + 1) != '\n'));
    }

    public String chars() {
        return chars;
    }

    public int length() {
        return chars.length();
    }

    public char at(int offset) {
        return chars.charAt(offset);
    }

    /** The number of the line that holds the offset, from 0. */
    public int line(int offset) {
        int found = Arrays.binarySearch(starts, offset);
        return found >= 0 ? found : -found - 2;
    }

    /** Where the line of that number begins, from 0. */
    public int startOfLine(int line) {
        return starts[Math.max(0, Math.min(line, starts.length - 1))];
    }

    /** Where the line begins that holds the offset. */
    public int lineStart(int offset) {
        return starts[line(offset)];
    }

    /** Where the line that holds the offset ends, before its line break. */
    public int lineEnd(int offset) {
        int end = nextLine(offset);
        while (end > offset && (chars.charAt(end - 1) == '\n' || chars.charAt(end - 1) == '\r')) {
            end--;
        }
        return end;
    }

    /** Where the line after the one that holds the offset begins; the end of the text if there is none. */
    public int nextLine(int offset) {
        int line = line(offset) + 1;
        return line < starts.length ? starts[line] : chars.length();
    }

    /** How many characters of the line come before the offset. */
    public int column(int offset) {
        return chars.codePointCount(lineStart(offset), offset);
    }

    /** The first offset from here on that holds no blank; the end of the line if there are only blanks. */
    public int skipBlanks(int from) {
        int offset = from;
        while (offset < chars.length() && (chars.charAt(offset) == ' ' || chars.charAt(offset) == '\t')) {
            offset++;
        }
        return offset;
    }

    /** The first offset from here on that holds neither space nor line break nor a comment. */
    public int skipSpace(int from) {
        int offset = from;
        while (offset < chars.length()) {
            char c = chars.charAt(offset);
            if (c == '#') {
                offset = lineEnd(offset);
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\uFEFF') {
                offset++;
            } else {
                return offset;
            }
        }
        return offset;
    }

    /** Whether nothing but blanks and a comment follows on the line. */
    public boolean endsLine(int offset) {
        int next = skipBlanks(offset);
        return next == lineEnd(next) || chars.charAt(next) == '#';
    }

    /** Whether the line that begins there holds a comment only. */
    public boolean isComment(int lineStart) {
        int first = skipBlanks(lineStart);
        return first < chars.length() && chars.charAt(first) == '#';
    }

    /** Whether the line that begins there holds nothing but blanks. */
    public boolean isBlank(int lineStart) {
        return lineStart < chars.length() && skipBlanks(lineStart) == lineEnd(lineStart);
    }

    /** The blanks at the beginning of the line that holds the offset. */
    public String indentation(int offset) {
        int start = lineStart(offset);
        return chars.substring(start, Math.min(offset, skipBlanks(start)));
    }

    /** The line break of the line before that offset, else of the first line, else a line feed. */
    public String lineBreak(int offset) {
        int line = line(offset);
        int after = line > 0 ? starts[line] : starts.length > 1 ? starts[1] : 0;
        int from = after;
        while (from > 0 && after - from < 2 && (chars.charAt(from - 1) == '\n' || chars.charAt(from - 1) == '\r')) {
            if (after - from == 1 && chars.charAt(from - 1) != '\r') {
                break;
            }
            from--;
        }
        return from == after ? "\n" : chars.substring(from, after);
    }

    /** Whether there is a line break before the offset, so that another line can begin there. */
    public boolean startsLine(int offset) {
        return offset == starts[0] || isBreak(chars, offset - 1);
    }
}

package dev.bulkhead.app.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Lays out text in lines. */
public final class TextLayout {
    private TextLayout() {}

    /** The text in lines of at most that many characters, broken at spaces; longer words are not broken. */
    public static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int length = 0;
        for (String word : text.split(" ", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            int wordLength = MarkdownRenderer.visibleLength(word);
            if (length > 0 && length + 1 + wordLength > columns) {
                lines.add(line.toString());
                line.setLength(0);
                length = 0;
            }
            if (length > 0) {
                line.append(' ');
                length++;
            }
            line.append(word);
            length += wordLength;
        }
        if (length > 0) {
            lines.add(line.toString());
        }
        return lines;
    }

    /** The text, padded with spaces to that length. */
    public static String pad(String text, int length) {
        int missing = length - text.codePointCount(0, text.length());
        return missing > 0 ? text + " ".repeat(missing) : text;
    }

    public static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}

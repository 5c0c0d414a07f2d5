package dev.bulkhead.manifest.syntax;

/**
 * The text of a chunk.
 *
 * @param firstLine the line of the file on which it starts
 */
record ChunkText(String chars, int firstLine) {
    private static final int NEXT_LINE = 0x85;
    private static final int LINE_SEPARATOR = 0x2028;
    private static final int PARAGRAPH_SEPARATOR = 0x2029;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    Position position(int offset) {
        return cursor().at(offset);
    }

    Cursor cursor() {
        return new Cursor(chars, firstLine);
    }

    /** Helm and most other template engines mark placeholders this way; YAML never needs two braces. */
    boolean looksLikeTemplate() {
        return chars.contains("{{");
    }

    /**
     * The offset at which a JSON document would begin, or -1 where this is certainly none. A leading document marker
     * is skipped.
     */
    int jsonStart() {
        int start = skipBlanks(0);
        if (chars.startsWith("---", start)) {
            start = skipBlanks(start + 3);
        }
        return start < chars.length() && (chars.charAt(start) == '{' || chars.charAt(start) == '[') ? start : -1;
    }

    private int skipBlanks(int from) {
        int offset = from;
        while (offset < chars.length() && " \t\r\n".indexOf(chars.charAt(offset)) >= 0) {
            offset++;
        }
        return offset;
    }

    void checkCharacters() {
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && mayBeForbidden(c))) {
                throw new UnreadableException(position(i), complaint(c));
            }
        }
    }

    private static boolean mayBeForbidden(char c) {
        return c < 0xA0 || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR || c == BYTE_ORDER_MARK || c >= 0xFFFE;
    }

    private static String complaint(char c) {
        String found = String.format("found the character U+%04X, ", (int) c);
        return found
                + switch (c) {
                    case 0 -> "expected text; is the file UTF-16, or not text at all?";
                    // To go-yaml these end a line, to YAML 1.2 they do not: a comment for one is a key for the other.
                    case NEXT_LINE, LINE_SEPARATOR, PARAGRAPH_SEPARATOR ->
                        "which not every reader takes for a line" + " break; write it as an escape in double quotes";
                    case BYTE_ORDER_MARK -> "a byte order mark, which may only begin a file";
                    default -> "a control character; write it as an escape in double quotes";
                };
    }

    /** Turns offsets into positions. Offsets must not decrease, so that a whole document takes one pass. */
    static final class Cursor {
        private final String chars;
        private int offset;
        private int line;
        private int column = 1;

        Cursor(String chars, int firstLine) {
            this.chars = chars;
            this.line = firstLine;
        }

        Position at(int target) {
            for (; offset < target && offset < chars.length(); offset++) {
                char c = chars.charAt(offset);
                boolean followedByLineFeed = offset + 1 < chars.length() && chars.charAt(offset + 1) == '\n';
                if (c == '\n' || (c == '\r' && !followedByLineFeed)) {
                    line++;
                    column = 1;
                } else if (!Character.isLowSurrogate(c)) {
                    column++;
                }
            }
            return new Position(line, column);
        }
    }
}

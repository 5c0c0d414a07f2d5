package dev.bulkhead.engine.text;

/**
 * Makes text from outside fit for messages, logs, statuses and terminals. The result is one line of valid UTF-16 without
 * control characters, bidirectional overrides and other characters that no reader sees: these are shown as
 * {@code \\uXXXX}, one for each UTF-16 unit.
 */
public final class SafeText {
    private static final char ELLIPSIS = '…';

    private SafeText() {}

    /** The text as one line, however long. */
    public static String line(String text) {
        return line(text, Integer.MAX_VALUE);
    }

    /**
     * The text as one line of at most that many UTF-16 units, which ends with an ellipsis where something is missing.
     *
     * @param most at least 1
     */
    public static String line(String text, int most) {
        if (text.length() <= most && isPlain(text)) {
            return text;
        }
        Shown shown = Shown.of(text, most);
        return shown.read() == text.length() ? shown.text() : shown.text().substring(0, shown.fitting()) + ELLIPSIS;
    }

    /**
     * The first characters of the text, at most that many UTF-16 units as shown, and how many more there are. The count
     * makes the result longer than that.
     */
    public static String excerpt(String text, int most) {
        if (text.length() <= most && isPlain(text)) {
            return text;
        }
        Shown shown = Shown.of(text, most);
        int rest = text.length() - shown.read();
        return rest == 0 ? shown.text() : shown.text() + ELLIPSIS + " (" + rest + " more characters)";
    }

    /** Whether a reader sees the character, and it does nothing but to be seen. */
    public static boolean isShown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Nearly every text is, and nothing needs to be made of it. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * The beginning of a text as it is shown.
     *
     * @param text what is shown of it
     * @param fitting how much of that leaves room for an ellipsis, without cutting a character or its escape in two
     * @param read how many units of the original are in it
     */
    private record Shown(String text, int fitting, int read) {
        static Shown of(String raw, int most) {
            StringBuilder shown = new StringBuilder(Math.min(raw.length(), most));
            int fitting = 0;
            int read = 0;
            while (read < raw.length()) {
                int c = raw.codePointAt(read);
                if (isShown(c)) {
                    shown.appendCodePoint(c);
                } else {
                    for (char unit : Character.toChars(c)) {
                        shown.append(String.format("\\u%04x", (int) unit));
                    }
                }
                if (shown.length() > most) {
                    shown.setLength(shown.length() - width(c));
                    break;
                }
                if (shown.length() < most) {
                    fitting = shown.length();
                }
                read += Character.charCount(c);
            }
            return new Shown(shown.toString(), fitting, read);
        }

        private static int width(int c) {
            return isShown(c) ? Character.charCount(c) : 6 * Character.charCount(c);
        }
    }
}

package dev.bulkhead.app.cli.output;

/**
 * How text is displayed.
 *
 * @param colours whether styles are shown
 * @param columns the width of a line
 */
public record TerminalStyle(boolean colours, int columns) {
    private static final int DEFAULT_COLUMNS = 100;
    private static final int FEWEST_COLUMNS = 40;
    private static final int MOST_COLUMNS = 400;

    /** The styles of text, as terminals support them. */
    public enum Style {
        BOLD("1"),
        FAINT("2"),
        RED("1;31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36"),
        NONE("");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** The columns named by that environment variable's value, or those of a wide window. */
    public static int columnsOf(String text) {
        return text.matches("[0-9]{1,4}")
                ? Math.min(Math.max(Integer.parseInt(text), FEWEST_COLUMNS), MOST_COLUMNS)
                : DEFAULT_COLUMNS;
    }

    public String styled(Style style, String text) {
        return begin(style) + text + end(style);
    }

    String begin(Style style) {
        return isShown(style) ? "\u001b[" + style.code + "m" : "";
    }

    String end(Style style) {
        return isShown(style) ? "\u001b[0m" : "";
    }

    private boolean isShown(Style style) {
        return colours && style != Style.NONE;
    }
}

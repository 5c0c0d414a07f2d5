package dev.bulkhead.app.cluster.resource;

import java.util.regex.Pattern;

/** The names of objects that are written about other objects, whose names users may have made up. */
public final class ObjectName {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
    private static final Pattern EMPTY_LABEL = Pattern.compile("\\.[-.]|-\\.");

    private ObjectName() {}

    /**
     * The beginning of a name, without what cannot stand before a dash or a dot.
     *
     * @param most how many characters it may have
     * @param otherwise what is taken in place of a text that is no name
     */
    public static String prefix(String text, int most, String otherwise) {
        int end = Math.min(most, text.length());
        while (end > 0 && (text.charAt(end - 1) == '-' || text.charAt(end - 1) == '.')) {
            end--;
        }
        String prefix = text.substring(0, end);
        return NAME.matcher(prefix).matches() && !EMPTY_LABEL.matcher(prefix).find() ? prefix : otherwise;
    }
}

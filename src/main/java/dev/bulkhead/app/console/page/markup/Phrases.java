package dev.bulkhead.app.console.page.markup;

import java.util.Locale;

/** Numbers and nouns in sentences. */
public final class Phrases {
    private Phrases() {}

    /** {@code 1 workload}, {@code 1,204 workloads}. */
    public static String counted(long count, String noun) {
        return number(count) + " " + (count == 1 ? noun : noun + "s");
    }

    /** The number with its thousands apart. */
    public static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** With a capital, as a sentence begins. */
    public static String capitalized(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}

package dev.bulkhead.app.listener;

import java.util.regex.Pattern;

/**
 * Paths of the API as clients write them. Routes compare normalised paths, so any other spelling could lead past a decision
 * that was made by the spelling.
 */
public final class PlainPath {
    private static final Pattern API = Pattern.compile("/api(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9]+)?)*/?");

    private PlainPath() {}

    /** Whether it is a path of the API without escapes, empty segments and dots that lead elsewhere. */
    public static boolean isOfApi(String path) {
        return API.matcher(path).matches();
    }
}

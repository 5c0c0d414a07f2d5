package dev.bulkhead.app.listener;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Paths of the API as clients write them. Routes compare normalised paths, so any other spelling could lead past a decision
 * that was made by the spelling.
 */
public final class PlainPath {
    private static final Pattern API = Pattern.compile("/api(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9]+)?)*/?");

    private PlainPath() {}

    private static final String WORKLOADS = "/api/v1/workloads/";

    /** Whether it is a path of the API without escapes, empty segments and dots that lead elsewhere. */
    public static boolean isOfApi(String path) {
        return API.matcher(path).matches()
                || (path.startsWith(WORKLOADS) && isPlain(path.substring(WORKLOADS.length())));
    }

    /** Names can hold several dots, and what has to be escaped; each is written as the console writes it in links. */
    private static boolean isPlain(String names) {
        for (String name : names.split("/", -1)) {
            String decoded;
            try {
                decoded = URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return false;
            }
            if (decoded.isEmpty()
                    || decoded.startsWith(".")
                    || decoded.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '\\' || c == 0x7f)
                    || !URLEncoder.encode(decoded, StandardCharsets.UTF_8).equals(name)) {
                return false;
            }
        }
        return true;
    }
}

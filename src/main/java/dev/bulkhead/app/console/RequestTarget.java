package dev.bulkhead.app.console;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request asks for, decoded once.
 *
 * @param path as it was written
 * @param decoded the path without escapes
 */
record RequestTarget(String path, String decoded, Map<String, List<String>> query) {
    private static final int MOST_PARAMETERS = 200;

    /** Reads a request's target; empty if it is not a path with a query, or is not written properly. */
    static Optional<RequestTarget> of(String uri) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        if (!path.startsWith("/") || path.startsWith("//")) {
            return Optional.empty();
        }
        try {
            String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (decoded.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == 0xfffd)) {
                return Optional.empty();
            }
            return fields(question < 0 ? "" : uri.substring(question + 1))
                    .map(query -> new RequestTarget(path, decoded, query));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The fields of a form, or the parameters of an address; empty if they are not written properly, or too many. */
    static Optional<Map<String, List<String>>> fields(String encoded) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        int count = 0;
        try {
            for (String pair : encoded.split("&", -1)) {
                if (pair.isEmpty()) {
                    continue;
                }
                if (++count > MOST_PARAMETERS) {
                    return Optional.empty();
                }
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                fields.computeIfAbsent(URLDecoder.decode(name, StandardCharsets.UTF_8), key -> new ArrayList<>())
                        .add(URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(fields);
    }

    /** What takes the place of a target that is not written properly: of the API or not, as that begins. */
    static RequestTarget malformed(String uri) {
        String path = uri.equals("/api") || uri.startsWith("/api/") || uri.startsWith("/api?") ? "/api" : "/";
        return new RequestTarget(path, path, Map.of());
    }

    boolean isForApi() {
        return path.equals("/api") || path.startsWith("/api/");
    }
}

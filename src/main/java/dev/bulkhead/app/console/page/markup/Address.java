package dev.bulkhead.app.console.page.markup;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The address of a page: a path and parameters in their order. It reads as text that is encoded for a link.
 *
 * @param path encoded
 */
public record Address(String path, List<Map.Entry<String, String>> parameters) {
    public Address {
        parameters = List.copyOf(parameters);
    }

    /** A path whose segments are encoded. */
    public static Address of(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return new Address(path.isEmpty() ? "/" : path.toString(), List.of());
    }

    /** With one more parameter. */
    public Address with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(parameters);
        more.add(Map.entry(name, value));
        return new Address(path, more);
    }

    /** A segment is never {@code .} or {@code ..}, which a browser would resolve. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        if (parameters.isEmpty()) {
            return path;
        }
        StringBuilder text = new StringBuilder(path).append('?');
        for (Map.Entry<String, String> parameter : parameters) {
            if (text.charAt(text.length() - 1) != '?') {
                text.append('&');
            }
            text.append(encode(parameter.getKey())).append('=').append(encode(parameter.getValue()));
        }
        return text.toString();
    }
}

package dev.bulkhead.app.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a registry wants requests to be authorized: a header {@code WWW-Authenticate}.
 *
 * @param parameters by their names in lower case
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Token authentication</a>
 */
record Challenge(boolean bearer, Map<String, String> parameters) {
    private static final int LONGEST = 8 << 10;
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]{1,32})=(?:\"([^\"]*)\"|([^\",\\s]+))");

    /** The one that can be met: a bearer token, else a password; empty if it is neither. */
    static Optional<Challenge> of(List<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            String start = header.substring(0, Math.min(header.length(), 7)).toLowerCase(Locale.ROOT);
            if (start.equals("bearer ") && header.length() <= LONGEST) {
                return Optional.of(new Challenge(true, parameters(header)));
            }
            if (start.startsWith("basic")) {
                basic = Optional.of(new Challenge(false, Map.of()));
            }
        }
        return basic;
    }

    private static Map<String, String> parameters(String header) {
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(header);
        while (parameter.find()) {
            String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
            parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
        }
        return parameters;
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}

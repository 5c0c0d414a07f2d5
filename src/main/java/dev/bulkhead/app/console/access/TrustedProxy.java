package dev.bulkhead.app.console.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A proxy that authenticates people and names them in headers. Anybody can send such headers, so they count only together
 * with a secret that the proxy shares with the console, and no name or group that begins with system: counts.
 */
public final class TrustedProxy {
    /** The header with the secret. */
    public static final String SECRET_HEADER = "x-bulkhead-proxy-secret";

    private static final String SYSTEM = "system:";
    private static final int SHORTEST_SECRET = 32;
    private static final int LONGEST_NAME = 256;
    private static final int MOST_GROUPS = 500;

    private final String userHeader;
    private final Optional<String> groupsHeader;
    private final Supplier<String> secret;

    /**
     * Trusts it.
     *
     * @param userHeader has the name
     * @param groupsHeader has the groups, separated by commas or repeated
     * @param secret what the proxy must send, read anew each time; one that is shorter than 32 characters is never sent
     */
    public TrustedProxy(String userHeader, Optional<String> groupsHeader, Supplier<String> secret) {
        this.userHeader = userHeader.toLowerCase(Locale.ROOT);
        this.groupsHeader = groupsHeader.map(name -> name.toLowerCase(Locale.ROOT));
        this.secret = secret;
    }

    /** Whether a request has headers that only the proxy may send. */
    boolean isNamed(ClientRequest request) {
        Map<String, List<String>> headers = request.headers();
        return headers.containsKey(userHeader)
                || groupsHeader.filter(headers::containsKey).isPresent()
                || headers.containsKey(SECRET_HEADER);
    }

    /** The person that the proxy names; empty if the request is not from the proxy, or names no one that it may. */
    Optional<Identity> identity(ClientRequest request) {
        String expected = secret.get();
        boolean known = expected.length() >= SHORTEST_SECRET
                && request.header(SECRET_HEADER)
                        .filter(given -> RandomToken.same(expected, given))
                        .isPresent();
        return request.header(userHeader)
                .map(String::strip)
                .filter(name -> known && isName(name))
                .map(name -> Identity.of(name, groups(request)));
    }

    private List<String> groups(ClientRequest request) {
        List<String> groups = new ArrayList<>();
        for (String value : groupsHeader
                .map(name -> request.headers().getOrDefault(name, List.of()))
                .orElse(List.of())) {
            for (String group : value.split(",", -1)) {
                if (isName(group.strip()) && groups.size() < MOST_GROUPS) {
                    groups.add(group.strip());
                }
            }
        }
        groups.add("system:authenticated");
        return groups;
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !name.toLowerCase(Locale.ROOT).startsWith(SYSTEM)
                && name.chars().noneMatch(Character::isISOControl);
    }
}

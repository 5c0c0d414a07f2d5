package dev.bulkhead.app.console.access;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The head of a request to the console.
 *
 * @param address of the peer
 * @param headers by their names in lower case
 */
public record ClientRequest(String method, String path, String address, Map<String, List<String>> headers) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The value of a header; empty if there is none, or more than one, which is ambiguous. */
    public Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    /** Every value that a cookie has, whatever host or path set it. */
    public List<String> cookies(String name) {
        List<String> found = new ArrayList<>();
        for (String header : headers.getOrDefault("cookie", List.of())) {
            for (String pair : header.split(";", -1)) {
                String text = pair.strip();
                if (text.startsWith(name + "=")) {
                    found.add(text.substring(name.length() + 1));
                }
            }
        }
        return found;
    }

    /**
     * Whether it names the loopback interface as its host. A page of another site that has its own name lead here cannot
     * make a browser write this name.
     */
    public boolean isForLoopback() {
        return header("host")
                .map(host -> host.replaceFirst(":\\d{1,5}$", ""))
                .filter(host -> LOOPBACK.contains(host.toLowerCase(Locale.ROOT)))
                .isPresent();
    }

    /** Whether it comes from a page of this console. Browsers say so of every request that sends a form. */
    public boolean isFromOwnPage() {
        Optional<String> site = header("sec-fetch-site");
        if (site.isPresent() || headers.containsKey("sec-fetch-site")) {
            return site.filter("same-origin"::equals).isPresent();
        }
        return header("origin")
                .flatMap(ClientRequest::authority)
                .filter(origin ->
                        header("host").filter(origin::equalsIgnoreCase).isPresent())
                .isPresent();
    }

    /** Whether a page of another site, or of another port of this host, has sent it. */
    public boolean isFromOtherPage() {
        return header("sec-fetch-site")
                .filter(site -> site.equals("cross-site") || site.equals("same-site"))
                .isPresent();
    }

    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

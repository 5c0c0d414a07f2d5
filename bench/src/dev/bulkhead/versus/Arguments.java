package dev.bulkhead.versus;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@code bench/versus}, which has checked it, hands over: words in a fixed order, empty where nothing was said. */
record Arguments(
        Set<String> modes,
        List<Other> webhooks,
        Map<String, String> commands,
        String bulkheadIs,
        List<String> bulkhead) {
    /** Another webhook, which runs or is started. */
    record Other(
            String name,
            String url,
            Optional<String> mutate,
            Optional<Long> pid,
            String version,
            Optional<String> start) {}

    static Arguments parse(List<String> words) {
        Iterator<String> next = words.iterator();
        Set<String> modes = Set.of(next.next().split(" "));
        List<Other> webhooks = new ArrayList<>();
        Map<String, String> commands = new LinkedHashMap<>();
        while (true) {
            String what = next.next();
            switch (what) {
                case "webhook" -> webhooks.add(new Other(
                        next.next(),
                        next.next(),
                        given(next.next()),
                        given(next.next()).map(Long::valueOf),
                        given(next.next()).orElse("its version was not said"),
                        given(next.next())));
                case "command" -> commands.put(next.next(), next.next());
                case "bulkhead" -> {
                    String is = next.next();
                    List<String> command = new ArrayList<>();
                    next.forEachRemaining(command::add);
                    return new Arguments(modes, webhooks, commands, is, command);
                }
                default -> throw new IllegalArgumentException(what);
            }
        }
    }

    boolean needsControlPlane() {
        return modes.stream().anyMatch(Set.of("warm", "cold", "api-server")::contains);
    }

    private static Optional<String> given(String word) {
        return word.isEmpty() ? Optional.empty() : Optional.of(word);
    }
}

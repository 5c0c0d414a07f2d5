package dev.bulkhead.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of all rules. */
public final class Rules {
    /**
     * Baseline checks, restricted checks, Bulkhead's own rules; each part sorted bytewise by id. This is the order of
     * evaluation and of every text.
     */
    public static final List<Rule> ALL = List.of(
            new Privileged(),
            // restricted
            new AllowPrivilegeEscalation(),
            // Bulkhead's own
            new HostDevices(),
            new MountPropagation(),
            new RuntimeSocket(),
            new WritableHostPath());

    private static final Map<String, Rule> BY_ID =
            ALL.stream().collect(Collectors.toMap(Rule::id, Function.identity()));

    private Rules() {}

    public static Optional<Rule> named(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}

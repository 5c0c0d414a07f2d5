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
            new AllowPrivilegeEscalation());

    private static final Map<String, Rule> BY_ID =
            ALL.stream().collect(Collectors.toMap(Rule::id, Function.identity()));

    private Rules() {}

    /** A check and the revision of it that a version means. */
    public record InForce(Rule rule, Revision revision) {}

    public static List<InForce> podSecurity(Level level, PodSecurityVersion version) {
        List<InForce> out = new java.util.ArrayList<>();
        for (Rule rule : ALL) {
            if (rule.level().isPresent()
                    && (level == Level.RESTRICTED || rule.level().get() == level)) {
                rule.revisionAt(version).ifPresent(r -> out.add(new InForce(rule, r)));
            }
        }
        return out;
    }

    public static Optional<Rule> named(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}

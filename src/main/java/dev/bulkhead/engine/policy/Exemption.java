package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Exempts exactly these values, in these workloads, until it expires.
 *
 * @param name as reports name it
 * @param expires when it stops applying
 * @param allow the values by rule id; {@code *} stands for every value
 */
public record Exemption(
        String name, String reason, String owner, Instant expires, Match match, Map<String, Set<String>> allow) {
    public static final String ANY = "*";

    /** How a reason and an owner begin that somebody has to fill in. */
    public static final String PLACEHOLDER = "TODO";

    public Exemption {
        allow = ImmutableCopies.of(allow);
    }

    /**
     * What an exemption is for.
     *
     * @param namespaces by name, at least one
     * @param workloads empty for all in those namespaces
     * @param containers by name; empty for all
     */
    public record Match(Set<String> namespaces, Set<Owner> workloads, Set<String> containers) {
        public Match {
            namespaces = ImmutableCopies.of(namespaces);
            workloads = ImmutableCopies.of(workloads);
            containers = ImmutableCopies.of(containers);
        }
    }

    /** A workload by kind and name; the order is theirs. */
    public record Owner(String kind, String name) implements Comparable<Owner> {
        private static final Comparator<Owner> ORDER =
                Comparator.comparing(Owner::kind).thenComparing(Owner::name);

        @Override
        public int compareTo(Owner other) {
            return ORDER.compare(this, other);
        }
    }

    /** Whether it is in force for a workload that goes by any of these names. */
    public boolean isFor(List<Owner> identities, Instant now) {
        return now.isBefore(expires)
                && (match.workloads().isEmpty() || identities.stream().anyMatch(match.workloads()::contains));
    }

    /**
     * Whether it covers the finding: the rule, the value, and every container concerned. A volume concerns the containers
     * that mount it, a value of the pod those that inherit it.
     */
    public boolean covers(Finding finding, Set<String> concerned) {
        String ruleId = finding.rule().id();
        if (!allows(ruleId, finding.value()) && !allows(ruleId, ANY)) {
            return false;
        }
        Set<String> containers = match.containers();
        return containers.isEmpty() || (concerned.size() <= containers.size() && containers.containsAll(concerned));
    }

    /** Whether it names exactly that value of that rule. */
    public boolean allows(String ruleId, String value) {
        return allow.getOrDefault(ruleId, Set.of()).contains(value);
    }
}

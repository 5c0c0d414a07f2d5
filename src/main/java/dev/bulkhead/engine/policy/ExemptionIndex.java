package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The exemptions of one namespace, indexed by what they allow: a finding is compared only with those that name its
 * rule and value, and among many of these only with those that name one of its containers. Immutable.
 */
public final class ExemptionIndex {
    static final ExemptionIndex EMPTY = new ExemptionIndex(List.of());

    private final boolean empty;
    private final Map<Grant, Candidates> byGrant = new HashMap<>();

    /** Comparable, so that keys which a caller chose to collide cost a logarithm only. */
    private record Grant(String ruleId, String value) implements Comparable<Grant> {
        private static final Comparator<Grant> ORDER =
                Comparator.comparing(Grant::ruleId).thenComparing(Grant::value);

        @Override
        public int compareTo(Grant other) {
            return ORDER.compare(this, other);
        }
    }

    /** Exemptions of one grant. */
    private static final class Candidates {
        private final List<Exemption> all = new ArrayList<>(1);
        private final List<Exemption> forEveryContainer = new ArrayList<>(0);
        private final Map<String, List<Exemption>> byContainer = new HashMap<>();

        void add(Exemption exemption) {
            all.add(exemption);
            if (exemption.match().containers().isEmpty()) {
                forEveryContainer.add(exemption);
            }
            exemption
                    .match()
                    .containers()
                    .forEach(container -> byContainer
                            .computeIfAbsent(container, name -> new ArrayList<>(1))
                            .add(exemption));
        }
    }

    ExemptionIndex(List<Exemption> exemptions) {
        this.empty = exemptions.isEmpty();
        for (Exemption exemption : exemptions) {
            exemption
                    .allow()
                    .forEach((ruleId, values) -> values.forEach(
                            value -> byGrant.computeIfAbsent(new Grant(ruleId, value), grant -> new Candidates())
                                    .add(exemption)));
        }
    }

    public boolean isEmpty() {
        return empty;
    }

    /**
     * Passes each exemption that may cover a finding about these containers to the consumer once; all that cover it
     * are among them. For a finding that concerns no container, see {@link #forNoContainer}.
     */
    public void forContainers(Finding finding, Set<String> concerned, Consumer<Exemption> candidate) {
        String first = concerned.iterator().next();
        String ruleId = finding.rule().id();
        give(candidates(ruleId, finding.value()), first, candidate);
        give(candidates(ruleId, Exemption.ANY), first, exemption -> {
            if (!exemption.allows(ruleId, finding.value())) {
                candidate.accept(exemption);
            }
        });
    }

    private static void give(Candidates candidates, String container, Consumer<Exemption> candidate) {
        candidates.forEveryContainer.forEach(candidate);
        candidates.byContainer.getOrDefault(container, List.of()).forEach(candidate);
    }

    /** The exemptions that allow exactly that value of the rule, or with {@link Exemption#ANY} every value. */
    public List<Exemption> forNoContainer(String ruleId, String value) {
        return candidates(ruleId, value).all;
    }

    private Candidates candidates(String ruleId, String value) {
        Candidates found = byGrant.get(new Grant(ruleId, value));
        return found == null ? NONE : found;
    }

    private static final Candidates NONE = new Candidates();
}

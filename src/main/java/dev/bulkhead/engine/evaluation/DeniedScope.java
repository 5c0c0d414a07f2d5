package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one single exemption has to cover so that the findings of a rule in one container, or in the pod itself, no
 * longer deny a workload.
 *
 * @param wholePod whether a finding concerns the pod as such, rather than containers that an exemption can name
 * @param containers the names of the containers that the findings concern
 * @param values what the exemption has to allow: the values that are denied, and those that another exemption covers,
 *     because two exemptions do not add up
 * @param denials the findings that deny the workload, in the verdict's order
 */
public record DeniedScope(
        Id id, boolean wholePod, Set<String> containers, Set<String> values, List<EvaluatedFinding> denials) {
    public DeniedScope {
        containers = ImmutableCopies.of(containers);
        values = ImmutableCopies.of(values);
        denials = List.copyOf(denials);
    }

    /**
     * A rule in a container, or in the pod itself.
     *
     * @param container the name; empty for the pod itself, its volumes and annotations
     */
    public record Id(String ruleId, Optional<String> container) implements Comparable<Id> {
        private static final Comparator<Id> ORDER = Comparator.comparing(Id::ruleId)
                .thenComparing(id -> id.container().orElse(""));

        static Id of(Finding finding) {
            return new Id(finding.rule().id(), finding.subject().asContainer().map(Container::name));
        }

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }
    }

    /** The scopes with a finding that denies the workload, by rule and container. */
    public static List<DeniedScope> of(EvaluatedWorkload evaluated) {
        List<EvaluatedFinding> findings = evaluated.verdict().findings();
        AffectedContainers affected =
                new AffectedContainers(evaluated.workload().pod(), findings, WorkMeter.unlimited());
        Map<Id, List<EvaluatedFinding>> byScope = new TreeMap<>();
        for (EvaluatedFinding one : findings) {
            if (one.leadsTo(Action.DENY) || one.exemption().isPresent()) {
                byScope.computeIfAbsent(Id.of(one.finding()), id -> new ArrayList<>())
                        .add(one);
            }
        }
        List<DeniedScope> scopes = new ArrayList<>();
        byScope.forEach((id, ofScope) -> {
            List<EvaluatedFinding> denials =
                    ofScope.stream().filter(one -> one.leadsTo(Action.DENY)).toList();
            if (!denials.isEmpty()) {
                scopes.add(of(id, ofScope, denials, affected));
            }
        });
        return scopes;
    }

    private static DeniedScope of(
            Id id, List<EvaluatedFinding> findings, List<EvaluatedFinding> denials, AffectedContainers affected) {
        boolean wholePod = false;
        Set<String> containers = new HashSet<>();
        Set<String> values = new HashSet<>();
        for (EvaluatedFinding one : findings) {
            wholePod |= concernsWholePod(one.finding());
            containers.addAll(affected.of(one.finding()));
            values.add(one.finding().value());
        }
        return new DeniedScope(id, wholePod, containers, values, denials);
    }

    private static boolean concernsWholePod(Finding finding) {
        return finding.subject() instanceof Subject.OfPod
                && AffectedContainers.overridable(finding.place()).isEmpty();
    }
}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.policy.ExemptionIndex;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Applies exemptions to findings. The findings of one rule in one container, or in the pod itself, are covered by a
 * single exemption: two exemptions that each allow a part do not together allow the whole. Of several, the one that
 * covers most applies; where several cover as much, the first by name is shown, and the verdict is that of any of them.
 */
final class ExemptionMatcher {
    private final ExemptionIndex exemptions;
    private final List<Owner> identities;
    private final Instant now;
    private final WorkMeter work;
    private final AffectedContainers affected;
    private final IdentityHashMap<Exemption, Boolean> inForce = new IdentityHashMap<>();
    private final Map<Scope, Tally> tallies = new HashMap<>();

    private record Scope(String ruleId, Optional<Container> container) {
        static Scope of(Finding finding) {
            return new Scope(finding.rule().id(), finding.subject().asContainer());
        }
    }

    /** How many findings of one scope each exemption covers. */
    private static final class Tally {
        private final IdentityHashMap<Exemption, Integer> covered = new IdentityHashMap<>(2);

        /**
         * The findings that affect no container, counted by value: every exemption that allows the value covers them.
         */
        private final Map<String, Integer> ofNoContainer = new HashMap<>(0);

        void count(Exemption exemption, int findings) {
            covered.merge(exemption, findings, Integer::sum);
        }

        /** Those that cover most, by name. */
        List<Exemption> best() {
            int most =
                    covered.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            return covered.entrySet().stream()
                    .filter(entry -> entry.getValue() == most)
                    .map(Map.Entry::getKey)
                    .sorted(Comparator.comparing(Exemption::name))
                    .toList();
        }
    }

    private ExemptionMatcher(
            Workload workload,
            List<EvaluatedFinding> ofContainers,
            ExemptionIndex exemptions,
            EvaluationContext context) {
        this.exemptions = exemptions;
        this.identities = WorkloadOwners.of(workload, context.user());
        this.now = context.now();
        this.work = context.work();
        this.affected = new AffectedContainers(workload.pod(), ofContainers, work);
    }

    /** The same findings, each with the exemption that covers it, if any. */
    static List<EvaluatedFinding> apply(
            List<EvaluatedFinding> findings, Workload workload, EffectiveRules rules, EvaluationContext context) {
        ExemptionIndex exemptions = rules.exemptions();
        if (findings.isEmpty() || exemptions.isEmpty()) {
            return findings;
        }
        // Findings about containers come first: a container that is exempt from having its own value inherits the
        // pod's.
        List<EvaluatedFinding> first = new ExemptionMatcher(workload, List.of(), exemptions, context)
                .excuse(findings, finding -> finding.subject().asContainer().isPresent());
        return new ExemptionMatcher(workload, first, exemptions, context)
                .excuse(first, finding -> finding.subject().asContainer().isEmpty());
    }

    private List<EvaluatedFinding> excuse(List<EvaluatedFinding> findings, Predicate<Finding> which) {
        for (EvaluatedFinding one : findings) {
            if (which.test(one.finding())) {
                count(one.finding());
            }
        }
        Map<Scope, List<Exemption>> best = new HashMap<>();
        tallies.forEach((scope, tally) -> {
            countOfNoContainer(scope.ruleId(), tally);
            if (!tally.covered.isEmpty()) {
                best.put(scope, tally.best());
            }
        });
        if (best.isEmpty()) {
            return findings;
        }
        List<EvaluatedFinding> excused = new ArrayList<>(findings.size());
        Map<Inherited, List<Exemption>> ofPod = new HashMap<>();
        for (EvaluatedFinding one : findings) {
            Finding finding = one.finding();
            Optional<String> passedOn = finding.subject() instanceof Subject.OfPod
                    ? AffectedContainers.overridable(finding.place())
                    : Optional.empty();
            List<Exemption> covering = which.test(finding)
                    ? covering(best.getOrDefault(Scope.of(finding), List.of()), finding, passedOn.isPresent())
                    : List.of();
            if (covering.isEmpty()) {
                excused.add(one);
                continue;
            }
            excused.add(one.excusedBy(covering.get(0).name()));
            passedOn.ifPresent(member -> ofPod.put(new Inherited(finding.rule().id(), member), covering));
        }
        if (!ofPod.isEmpty()) {
            excused.replaceAll(one -> excusedWithThePod(one, ofPod));
        }
        return excused;
    }

    /** Of these the first, if it covers the finding, or all that do. */
    private List<Exemption> covering(List<Exemption> best, Finding finding, boolean all) {
        Set<String> concerned = affected.of(finding);
        return best.stream()
                .limit(all ? best.size() : 1)
                .filter(exemption -> covers(exemption, finding, concerned))
                .toList();
    }

    private void count(Finding finding) {
        work.step();
        Set<String> concerned = affected.of(finding);
        if (concerned.isEmpty()) {
            tallyOf(finding).ofNoContainer.merge(finding.value(), 1, Integer::sum);
            return;
        }
        exemptions.forContainers(finding, concerned, exemption -> {
            if (isInForce(exemption) && covers(exemption, finding, concerned)) {
                tallyOf(finding).count(exemption, 1);
            }
        });
    }

    private Tally tallyOf(Finding finding) {
        return tallies.computeIfAbsent(Scope.of(finding), scope -> new Tally());
    }

    /** Counts findings that affect no container at once for each value. */
    private void countOfNoContainer(String ruleId, Tally tally) {
        if (tally.ofNoContainer.isEmpty()) {
            return;
        }
        tally.ofNoContainer.forEach((value, findings) -> {
            for (Exemption exemption : exemptions.forNoContainer(ruleId, value)) {
                work.step();
                if (isInForce(exemption) && !exemption.allows(ruleId, Exemption.ANY)) {
                    tally.count(exemption, findings);
                }
            }
        });
        int all = tally.ofNoContainer.values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        for (Exemption exemption : exemptions.forNoContainer(ruleId, Exemption.ANY)) {
            work.step();
            if (isInForce(exemption)) {
                tally.count(exemption, all);
            }
        }
    }

    private boolean isInForce(Exemption exemption) {
        return inForce.computeIfAbsent(exemption, one -> one.isFor(identities, now));
    }

    private boolean covers(Exemption exemption, Finding finding, Set<String> concerned) {
        work.steps(1 + Math.min(concerned.size(), exemption.match().containers().size()));
        return exemption.covers(finding, concerned);
    }

    /** A rule and a member of the security context. */
    private record Inherited(String ruleId, String member) {}

    /**
     * A container's finding is exempt too if the exemption for the pod's value includes the container; otherwise
     * hardening would fill in a value over it.
     */
    private static EvaluatedFinding excusedWithThePod(EvaluatedFinding one, Map<Inherited, List<Exemption>> ofPod) {
        Finding finding = one.finding();
        if (one.exemption().isPresent() || !finding.unset()) {
            return one;
        }
        return finding.subject()
                .asContainer()
                .flatMap(container -> AffectedContainers.overridable(finding.place()).stream()
                        .flatMap(member ->
                                ofPod.getOrDefault(new Inherited(finding.rule().id(), member), List.of()).stream())
                        .filter(exemption -> exemption.match().containers().isEmpty()
                                || exemption.match().containers().contains(container.name()))
                        .findFirst())
                .map(exemption -> one.excusedBy(exemption.name()))
                .orElse(one);
    }
}

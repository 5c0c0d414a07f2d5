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
 * Excuses what exemptions cover. Of one rule in one container (or in the pod itself) a single exemption speaks: two that
 * each allow a part do not together allow the whole. Where several could, the one that covers most does.
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

    /** How many findings of a scope each exemption covers. */
    private static final class Tally {
        private final IdentityHashMap<Exemption, Integer> covered = new IdentityHashMap<>(2);

        /** How many findings concern no container, by their values; whoever allows the value covers them. */
        private final Map<String, Integer> ofNoContainer = new HashMap<>(0);

        void count(Exemption exemption, int findings) {
            covered.merge(exemption, findings, Integer::sum);
        }

        Optional<Exemption> best() {
            return covered.entrySet().stream()
                    .max(Map.Entry.<Exemption, Integer>comparingByValue()
                            .thenComparing(entry -> entry.getKey().name(), Comparator.reverseOrder()))
                    .map(Map.Entry::getKey);
        }
    }

    private ExemptionMatcher(
            Workload workload,
            List<EvaluatedFinding> ofContainers,
            ExemptionIndex exemptions,
            EvaluationContext circumstances) {
        this.exemptions = exemptions;
        this.identities = WorkloadOwners.of(workload, circumstances.user());
        this.now = circumstances.now();
        this.work = circumstances.work();
        this.affected = new AffectedContainers(workload.pod(), ofContainers, work);
    }

    /** The same findings, with the exemption that excuses each, if one does. */
    static List<EvaluatedFinding> apply(
            List<EvaluatedFinding> judged, Workload workload, EffectiveRules demands, EvaluationContext circumstances) {
        ExemptionIndex exemptions = demands.exemptions();
        if (judged.isEmpty() || exemptions.isEmpty()) {
            return judged;
        }
        // First the containers' own: a container that may go without a value of its own inherits the pod's.
        List<EvaluatedFinding> first = new ExemptionMatcher(workload, List.of(), exemptions, circumstances)
                .excuse(judged, finding -> finding.subject().asContainer().isPresent());
        return new ExemptionMatcher(workload, first, exemptions, circumstances)
                .excuse(first, finding -> finding.subject().asContainer().isEmpty());
    }

    private List<EvaluatedFinding> excuse(List<EvaluatedFinding> judged, Predicate<Finding> which) {
        for (EvaluatedFinding one : judged) {
            if (which.test(one.finding())) {
                count(one.finding());
            }
        }
        Map<Scope, Exemption> speaking = new HashMap<>();
        tallies.forEach((scope, tally) -> {
            countThoseOfNoContainer(scope.ruleId(), tally);
            tally.best().ifPresent(best -> speaking.put(scope, best));
        });
        if (speaking.isEmpty()) {
            return judged;
        }
        List<EvaluatedFinding> excused = new ArrayList<>(judged.size());
        Map<Inherited, Exemption> ofPod = new HashMap<>();
        for (EvaluatedFinding one : judged) {
            Finding finding = one.finding();
            Exemption speaks = which.test(finding) ? speaking.get(Scope.of(finding)) : null;
            if (speaks == null || !covers(speaks, finding, affected.of(finding))) {
                excused.add(one);
                continue;
            }
            excused.add(one.excusedBy(speaks.name()));
            if (finding.subject() instanceof Subject.OfPod) {
                AffectedContainers.overridable(finding.place())
                        .ifPresent(
                                member -> ofPod.put(new Inherited(finding.rule().id(), member), speaks));
            }
        }
        if (!ofPod.isEmpty()) {
            excused.replaceAll(one -> excusedWithThePod(one, ofPod));
        }
        return excused;
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

    /** Counted together, since every exemption that allows the value covers them. */
    private void countThoseOfNoContainer(String ruleId, Tally tally) {
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

    /** A member of the security context, as one rule sees it. */
    private record Inherited(String ruleId, String member) {}

    /** A container that may keep what the pod sets lacks nothing, so nothing is filled in over it. */
    private static EvaluatedFinding excusedWithThePod(EvaluatedFinding one, Map<Inherited, Exemption> ofPod) {
        Finding finding = one.finding();
        if (one.exemption().isPresent() || !finding.unset()) {
            return one;
        }
        return finding.subject()
                .asContainer()
                .flatMap(container -> AffectedContainers.overridable(finding.place())
                        .flatMap(member -> Optional.ofNullable(
                                ofPod.get(new Inherited(finding.rule().id(), member))))
                        .filter(exemption -> exemption.match().containers().isEmpty()
                                || exemption.match().containers().contains(container.name())))
                .map(exemption -> one.excusedBy(exemption.name()))
                .orElse(one);
    }
}

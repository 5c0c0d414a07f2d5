package dev.bulkhead.policy;

import dev.bulkhead.policy.Exemption.Owner;
import dev.bulkhead.rule.Finding;
import dev.bulkhead.rule.Subject;
import dev.bulkhead.rule.WorkMeter;
import dev.bulkhead.workload.Container;
import dev.bulkhead.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Excuses what exemptions cover. Of one rule in one container (or in the pod itself) a single exemption speaks: two that
 * each allow a part do not together allow the whole. Where several could, the one that covers most does.
 */
final class Excuses {
    private final WorkMeter work;
    private final AffectedContainers affected;
    private final Map<String, List<Exemption>> candidates = new HashMap<>();
    private final Map<Scope, Tally> tallies = new HashMap<>();

    private record Scope(String ruleId, Optional<Container> container) {
        static Scope of(Finding finding) {
            return new Scope(finding.rule().id(), finding.subject().asContainer());
        }
    }

    /** How many findings of a scope each candidate covers, in the candidates' order. */
    private static final class Tally {
        private final List<Exemption> candidates;
        private final int[] covered;

        Tally(List<Exemption> candidates) {
            this.candidates = candidates;
            this.covered = new int[candidates.size()];
        }

        Optional<Exemption> best() {
            int best = -1;
            for (int i = 0; i < covered.length; i++) {
                if (covered[i] > (best < 0 ? 0 : covered[best])) {
                    best = i;
                }
            }
            return best < 0 ? Optional.empty() : Optional.of(candidates.get(best));
        }
    }

    private Excuses(List<Judged> judged, Workload workload, List<Exemption> exemptions, WorkMeter work) {
        this.work = work;
        this.affected = new AffectedContainers(workload.pod(), judged, work);
        for (Exemption exemption : exemptions) {
            exemption
                    .allow()
                    .keySet()
                    .forEach(rule -> candidates
                            .computeIfAbsent(rule, id -> new ArrayList<>())
                            .add(exemption));
        }
    }

    /** The same findings, with the exemption that excuses each, if one does. */
    static List<Judged> apply(List<Judged> judged, Workload workload, Demands demands, Circumstances circumstances) {
        if (judged.isEmpty() || demands.exemptions().isEmpty()) {
            return judged;
        }
        List<Owner> identities = Owners.of(workload, circumstances.user());
        List<Exemption> inForce = demands.exemptions().stream()
                .filter(exemption -> exemption.isFor(identities, circumstances.now()))
                .toList();
        return inForce.isEmpty() ? judged : new Excuses(judged, workload, inForce, circumstances.work()).excuse(judged);
    }

    private List<Judged> excuse(List<Judged> judged) {
        for (Judged one : judged) {
            List<Exemption> relevant =
                    candidates.getOrDefault(one.finding().rule().id(), List.of());
            if (!relevant.isEmpty()) {
                count(one.finding(), tallies.computeIfAbsent(Scope.of(one.finding()), key -> new Tally(relevant)));
            }
        }
        Map<Scope, Exemption> speaking = new HashMap<>();
        tallies.forEach((scope, tally) -> tally.best().ifPresent(best -> speaking.put(scope, best)));
        List<Judged> excused = new ArrayList<>(judged.size());
        Map<Inherited, Exemption> ofPod = new HashMap<>();
        for (Judged one : judged) {
            Finding finding = one.finding();
            Exemption speaks = speaking.get(Scope.of(finding));
            boolean covered = speaks != null && covers(speaks, finding, affected.of(finding));
            excused.add(covered ? one.excusedBy(speaks.name()) : one);
            if (covered && finding.subject() instanceof Subject.OfPod) {
                AffectedContainers.overridable(finding.place())
                        .ifPresent(member -> ofPod.put(new Inherited(finding.rule().id(), member), speaks));
            }
        }
        if (!ofPod.isEmpty()) {
            excused.replaceAll(one -> excusedWithThePod(one, ofPod));
        }
        return excused;
    }

    /** A member of the security context, as one rule sees it. */
    private record Inherited(String ruleId, String member) {}

    /** A container that may keep what the pod sets lacks nothing, so nothing is filled in over it. */
    private static Judged excusedWithThePod(Judged one, Map<Inherited, Exemption> ofPod) {
        Finding finding = one.finding();
        if (one.exemption().isPresent() || !finding.unset()) {
            return one;
        }
        return finding.subject()
                .asContainer()
                .flatMap(container -> AffectedContainers.overridable(finding.place())
                        .map(member -> ofPod.get(new Inherited(finding.rule().id(), member)))
                        .filter(exemption -> exemption.match().containers().isEmpty()
                                || exemption.match().containers().contains(container.name())))
                .map(exemption -> one.excusedBy(exemption.name()))
                .orElse(one);
    }

    private void count(Finding finding, Tally tally) {
        Set<String> concerned = affected.of(finding);
        for (int i = 0; i < tally.covered.length; i++) {
            if (covers(tally.candidates.get(i), finding, concerned)) {
                tally.covered[i]++;
            }
        }
    }

    private boolean covers(Exemption exemption, Finding finding, Set<String> concerned) {
        work.steps(1 + Math.min(concerned.size(), exemption.match().containers().size()));
        return exemption.covers(finding, concerned);
    }
}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.Violation;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a change of a pod that runs, which nobody can mend any more. Pod Security's levels judge the whole pod again, as
 * they do in Pod Security Admission. By Bulkhead's own rules only what the change brings is denied: a violation that the
 * pod did not have, one that an added container now shares though it need not (it mounts the volume, or inherits a value
 * that it could set itself), and one that an exemption excused for containers that are not those of now.
 */
final class RunningPodChange {
    private final Verdict now;
    private final AffectedContainers affectedNow;
    private final AffectedContainers affectedThen;

    /** The violations of before that were to be denied, and whether an exemption excused each. */
    private final Map<Violation, Boolean> then = new HashMap<>();

    private final Set<String> changed = new HashSet<>();
    private final IdentityHashMap<Set<String>, Boolean> gained = new IdentityHashMap<>();
    private final IdentityHashMap<Set<String>, Boolean> touched = new IdentityHashMap<>();
    private final int denialsThen;

    private RunningPodChange(
            Workload before, Workload after, Verdict now, EffectiveRules demands, EvaluationContext circumstances) {
        // What its owner is excused for counts as excused here whoever asks: that only makes the comparison stricter.
        Verdict old = Evaluator.judge(
                        before, demands, circumstances.askedByAController().afterHardening())
                .afterHardening();
        this.now = now;
        this.affectedNow = new AffectedContainers(after.pod(), List.of(), circumstances.work());
        this.affectedThen = new AffectedContainers(before.pod(), List.of(), circumstances.work());
        this.denialsThen = old.denialsNotKept();
        for (EvaluatedFinding judged : old.findings()) {
            circumstances.work().step();
            if (judged.action() == Action.DENY) {
                then.merge(judged.finding().violation(), judged.exemption().isPresent(), Boolean::logicalOr);
            }
        }
        Map<String, String> images = images(before.pod());
        images(after.pod()).forEach((name, image) -> {
            if (!image.equals(images.get(name))) {
                changed.add(name);
            }
        });
    }

    private static Map<String, String> images(Pod pod) {
        Map<String, String> images = new HashMap<>();
        for (Container container : pod.containers()) {
            images.put(container.name(), container.field().get("image").textOrEmpty());
        }
        return images;
    }

    /** The verdict on the pod as it would be stored. */
    static Verdict judge(Workload before, Workload after, EffectiveRules demands, EvaluationContext circumstances) {
        Verdict now =
                Evaluator.judge(after, demands, circumstances.afterHardening()).afterHardening();
        return now.outcome() == Verdict.Outcome.DENIED
                ? new RunningPodChange(before, after, now, demands, circumstances).compared(circumstances)
                : now;
    }

    /**
     * The verdict on annotations that are new or have another value, which a runtime reads whenever it starts a container
     * of the pod again; empty when there is nothing to say about them.
     */
    static Optional<Verdict> judgeAnnotations(
            Workload before, Workload after, EffectiveRules demands, EvaluationContext circumstances) {
        List<EvaluatedFinding> brought =
                Evaluator.judge(after, demands, circumstances.afterHardening()).afterHardening().findings().stream()
                        .filter(judged -> judged.leadsTo(Action.DENY) || judged.leadsTo(Action.WARN))
                        .filter(judged -> judged.finding().rule().level().isEmpty())
                        .filter(judged -> judged.finding().subject() instanceof Subject.OfAnnotation of
                                && !before.pod()
                                        .annotation(of.key())
                                        .node()
                                        .equals(after.pod().annotation(of.key()).node()))
                        .toList();
        return brought.isEmpty()
                ? Optional.empty()
                : Optional.of(new Verdict(brought, List.of(), List.of(), List.of(), 0));
    }

    private Verdict compared(EvaluationContext circumstances) {
        List<EvaluatedFinding> compared = new ArrayList<>(now.findings().size());
        for (EvaluatedFinding judged : now.findings()) {
            circumstances.work().step();
            compared.add(
                    judged.leadsTo(Action.DENY) && isTolerable(judged.finding())
                            ? judged.asToleratedByBulkhead()
                            : judged);
        }
        return new Verdict(
                compared,
                now.edits(),
                now.hardenedRules(),
                now.notes(),
                Math.max(0, now.denialsNotKept() - denialsThen));
    }

    private boolean isTolerable(Finding finding) {
        Boolean excused = then.get(finding.violation());
        if (excused == null) {
            return false;
        }
        Set<String> concerned = affectedNow.of(finding);
        boolean more = gained.computeIfAbsent(
                concerned, names -> !affectedThen.of(finding).containsAll(names));
        if (excused) {
            return !more && !touched.computeIfAbsent(concerned, this::isAnyChanged);
        }
        boolean avoidable = finding.subject() instanceof Subject.OfVolume
                || AffectedContainers.overridable(finding.place()).isPresent();
        return !more || !avoidable;
    }

    private boolean isAnyChanged(Set<String> names) {
        return names.stream().anyMatch(changed::contains);
    }
}

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
 * Evaluates an update of a running pod, whose other fields can no longer be fixed. Pod Security levels evaluate the
 * whole pod again, as Pod Security Admission does. Bulkhead's own rules deny only violations that the update adds: a
 * new violation; one that affects an added container although it could be avoided (the container mounts the volume, or
 * inherits a value that it could override); and one that an exemption covered for other containers or images.
 */
final class RunningPodChange {
    private final Verdict now;
    private final AffectedContainers affectedNow;
    private final AffectedContainers affectedBefore;

    /** The denied violations of the old pod, and whether an exemption covered each. */
    private final Map<Violation, Boolean> deniedBefore = new HashMap<>();

    private final Set<String> changed = new HashSet<>();
    private final IdentityHashMap<Set<String>, Boolean> addedContainers = new IdentityHashMap<>();
    private final IdentityHashMap<Set<String>, Boolean> changedImages = new IdentityHashMap<>();
    private final int denialsBefore;

    private RunningPodChange(
            Workload before, Workload after, Verdict now, EffectiveRules rules, EvaluationContext context) {
        // Owner references of the old pod count for every user: more exemptions there make the comparison
        // stricter.
        Verdict verdictBefore = Evaluator.evaluate(
                        before, rules, context.askedByAController().afterHardening())
                .afterHardening();
        this.now = now;
        this.affectedNow = new AffectedContainers(after.pod(), List.of(), context.work());
        this.affectedBefore = new AffectedContainers(before.pod(), List.of(), context.work());
        this.denialsBefore = verdictBefore.denialsNotKept();
        for (EvaluatedFinding evaluated : verdictBefore.findings()) {
            context.work().step();
            if (evaluated.action() == Action.DENY) {
                deniedBefore.merge(
                        evaluated.finding().violation(), evaluated.exemption().isPresent(), Boolean::logicalOr);
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

    /** The verdict on the updated pod. */
    static Verdict evaluate(Workload before, Workload after, EffectiveRules rules, EvaluationContext context) {
        Verdict now = Evaluator.evaluate(after, rules, context.afterHardening()).afterHardening();
        return now.outcome() == Verdict.Outcome.DENIED
                ? new RunningPodChange(before, after, now, rules, context).compared(context)
                : now;
    }

    /**
     * The verdict on annotations that are new or changed. A runtime reads them again whenever it restarts a container
     * of the pod. Empty if no rule has a finding about them.
     */
    static Optional<Verdict> evaluateAnnotations(
            Workload before, Workload after, EffectiveRules rules, EvaluationContext context) {
        List<EvaluatedFinding> added =
                Evaluator.evaluate(after, rules, context.afterHardening()).afterHardening().findings().stream()
                        .filter(evaluated -> evaluated.leadsTo(Action.DENY) || evaluated.leadsTo(Action.WARN))
                        .filter(evaluated -> evaluated.finding().rule().level().isEmpty())
                        .filter(evaluated -> evaluated.finding().subject() instanceof Subject.OfAnnotation of
                                && !before.pod()
                                        .annotation(of.key())
                                        .node()
                                        .equals(after.pod().annotation(of.key()).node()))
                        .toList();
        return added.isEmpty() ? Optional.empty() : Optional.of(new Verdict(added, List.of(), List.of(), List.of(), 0));
    }

    private Verdict compared(EvaluationContext context) {
        List<EvaluatedFinding> compared = new ArrayList<>(now.findings().size());
        for (EvaluatedFinding evaluated : now.findings()) {
            context.work().step();
            compared.add(
                    evaluated.leadsTo(Action.DENY) && isTolerated(evaluated.finding())
                            ? evaluated.asToleratedByBulkhead()
                            : evaluated);
        }
        return new Verdict(
                compared,
                now.edits(),
                now.hardenedRules(),
                now.notes(),
                Math.max(0, now.denialsNotKept() - denialsBefore));
    }

    private boolean isTolerated(Finding finding) {
        Boolean excused = deniedBefore.get(finding.violation());
        if (excused == null) {
            return false;
        }
        Set<String> concerned = affectedNow.of(finding);
        boolean affectsMore = addedContainers.computeIfAbsent(
                concerned, names -> !affectedBefore.of(finding).containsAll(names));
        if (excused) {
            return !affectsMore && !changedImages.computeIfAbsent(concerned, this::isAnyChanged);
        }
        boolean avoidable = finding.subject() instanceof Subject.OfVolume
                || AffectedContainers.overridable(finding.place()).isPresent();
        return !affectsMore || !avoidable;
    }

    private boolean isAnyChanged(Set<String> names) {
        return names.stream().anyMatch(changed::contains);
    }
}

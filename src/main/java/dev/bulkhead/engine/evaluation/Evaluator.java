package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.Violation;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Computes the verdict on one workload. Only {@link WorkloadEvaluation} and {@link RunningPodChange} call it. */
final class Evaluator {
    private final Workload workload;
    private final EffectiveRules effectiveRules;
    private final EvaluationContext context;
    private final RuleContext ruleContext;

    private Evaluator(Workload workload, EffectiveRules effectiveRules, EvaluationContext context) {
        this.workload = workload;
        this.effectiveRules = effectiveRules;
        this.context = context;
        this.ruleContext = new RuleContext(
                effectiveRules.settings(),
                context.cluster(),
                context.namespace(),
                context.manifest() || !workload.isPod(),
                WorkloadOwners.isControlled(workload, context.user()),
                context.work());
    }

    /**
     * Evaluates the workload's pod, or the pod made from its template, as it will be after hardening.
     *
     * @throws dev.bulkhead.engine.rule.EvaluationTimeoutException at the deadline of the context
     */
    static Verdict evaluate(Workload workload, EffectiveRules effectiveRules, EvaluationContext context) {
        return new Evaluator(workload, effectiveRules, context).evaluate();
    }

    private Verdict evaluate() {
        FindingCollector collector = new FindingCollector(effectiveRules, ruleContext);
        for (EffectiveRules.EffectiveRule effective : effectiveRules.rules()) {
            collector.run(effective, workload.pod());
        }
        return harden(
                ExemptionMatcher.apply(collector.kept(), workload, effectiveRules, context),
                collector.denialsNotKept());
    }

    private Verdict harden(List<EvaluatedFinding> findings, int denialsNotKept) {
        boolean mayFill = effectiveRules.mayFill() || context.addedOnly().isPresent();
        if (findings.stream().noneMatch(one -> one.action() == Action.HARDEN) && (context.hardened() || !mayFill)) {
            return new Verdict(findings, List.of(), List.of(), List.of(), denialsNotKept);
        }
        Map<Rule, List<EvaluatedFinding>> byRule = new HashMap<>();
        List<Finding> excused = new ArrayList<>(0);
        for (EvaluatedFinding one : findings) {
            byRule.computeIfAbsent(one.finding().rule(), rule -> new ArrayList<>())
                    .add(one);
            if (one.exemption().isPresent()) {
                excused.add(one.finding());
            }
        }
        excused.addAll(excusedOnHostUsers());
        Map<Finding, String> notHardened = new HashMap<>();
        List<Edit.Addition> edits = new ArrayList<>(0);
        List<String> rules = new ArrayList<>(0);
        List<Note> notes = new ArrayList<>(0);
        Set<Rule> done = new HashSet<>(0);
        Set<String> denied = new HashSet<>();
        Set<String> relaxed = new HashSet<>(0);
        byRule.forEach((rule, ofRule) -> {
            if (ofRule.stream().anyMatch(Evaluator::isDeniedAnyway)) {
                denied.add(rule.id());
            }
        });
        HardeningPass.Scope scope = new HardeningPass.Scope(
                context.addedOnly(), denied::contains, effectiveRules::acts, effectiveRules::fills, rules::contains);
        for (EffectiveRules.EffectiveRule effective : effectiveRules.rules()) {
            // A rule that is required at two revisions fills in once.
            if (!(effective.rule() instanceof HardeningRule rule)
                    || effective.actions().stream().noneMatch(PolicyAction::mayHarden)
                    || !done.add(rule)) {
                continue;
            }
            ruleContext.work().check();
            List<Finding> open = open(byRule.getOrDefault(rule, List.of()), notHardened);
            HardeningPass hardening = new HardeningPass(rule, workload.pod(), ruleContext, open, excused, scope);
            rule.harden(hardening);
            if (!hardening.edits().isEmpty()) {
                edits.addAll(hardening.edits());
                rules.add(rule.id());
            }
            for (Finding finding : open) {
                hardening.notHardenedReason(finding).ifPresent(reason -> notHardened.put(finding, reason));
            }
            if (!open.isEmpty() && open.stream().anyMatch(notHardened::containsKey)) {
                denied.add(rule.id());
            }
            notes.addAll(hardening.notes());
            relaxed.addAll(hardening.relaxed());
        }
        List<EvaluatedFinding> settled = new ArrayList<>(findings.size());
        for (EvaluatedFinding one : findings) {
            settled.add(
                    one.action() == Action.HARDEN
                            ? one.settled(Optional.ofNullable(notHardened.get(one.finding())))
                            : one);
        }
        return new Verdict(
                context.hardened() ? settled : relaxed(settled, relaxed, edits), edits, rules, notes, denialsNotKept);
    }

    /**
     * The exempt findings that the pod's user namespace hides. A policy's user must not be filled in
     * where it is exempt, whether the author set the user namespace or an earlier call of the webhook filled it in.
     */
    private List<Finding> excusedOnHostUsers() {
        if (!effectiveRules.mayFill()) {
            return List.of();
        }
        Set<Rule> rules = effectiveRules.onHostUsersOnly();
        if (rules.isEmpty() || !workload.pod().hasUserNamespace()) {
            return List.of();
        }
        return ExemptionMatcher.apply(
                        findingsOf(rules::contains, workload.pod().onHostUsers()), workload, effectiveRules, context)
                .stream()
                .filter(one -> one.exemption().isPresent())
                .map(EvaluatedFinding::finding)
                .toList();
    }

    private List<EvaluatedFinding> findingsOf(Predicate<Rule> which, Pod pod) {
        FindingCollector collector = new FindingCollector(effectiveRules, ruleContext);
        for (EffectiveRules.EffectiveRule effective : effectiveRules.rules()) {
            if (which.test(effective.rule())) {
                collector.run(effective, pod);
            }
        }
        return collector.kept();
    }

    /** Evaluates these rules again after the edits, since they may find less. */
    private List<EvaluatedFinding> relaxed(
            List<EvaluatedFinding> findings, Set<String> ruleIds, List<Edit.Addition> edits) {
        if (findings.stream().noneMatch(one -> isRelaxed(one, ruleIds))) {
            return findings;
        }
        Map<Violation, EvaluatedFinding> remaining = new HashMap<>();
        findingsOf(rule -> ruleIds.contains(rule.id()), withSpecOf(edits))
                .forEach(one -> remaining.put(one.finding().violation(), one.afterHardening()));
        List<EvaluatedFinding> again = new ArrayList<>(findings.size());
        for (EvaluatedFinding one : findings) {
            if (isRelaxed(one, ruleIds)) {
                Optional.ofNullable(remaining.get(one.finding().violation()))
                        .ifPresent(later -> again.add(one.relaxedTo(later)));
            } else {
                again.add(one);
            }
        }
        return again;
    }

    /** The pod with the edits of its spec's own fields; other rules depend on no others. Shares everything else. */
    private Pod withSpecOf(List<Edit.Addition> edits) {
        Field before = workload.pod().spec();
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        before.members().forEach(member -> spec.set(member.name(), member.node()));
        for (Edit.Addition edit : edits) {
            if (edit instanceof Edit.Fill fill
                    && fill.place()
                            .parent()
                            .filter(parent -> parent.pointer().equals(before.pointer()))
                            .isPresent()) {
                spec.set(fill.place().name(), fill.value());
            }
        }
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        before.parent()
                .map(holder -> holder.get("metadata"))
                .filter(Field::isPresent)
                .ifPresent(metadata -> pod.set("metadata", metadata.node()));
        pod.set("spec", spec);
        return Pod.in(Field.root(pod));
    }

    private static boolean isRelaxed(EvaluatedFinding one, Set<String> ruleIds) {
        return ruleIds.contains(one.finding().rule().id()) && !one.leadsTo(Action.HARDEN);
    }

    private static boolean isDeniedAnyway(EvaluatedFinding evaluated) {
        return evaluated.leadsTo(Action.DENY)
                || (evaluated.leadsTo(Action.HARDEN) && !evaluated.finding().unset());
    }

    /** The findings of a rule to fill in. Records those that cannot be changed any more as not hardened. */
    private List<Finding> open(List<EvaluatedFinding> findings, Map<Finding, String> notHardened) {
        List<Finding> open = new ArrayList<>(0);
        for (EvaluatedFinding one : findings) {
            ruleContext.work().step();
            if (one.finding().unset() && one.leadsTo(Action.HARDEN)) {
                if (isWithinReach(one.finding())) {
                    open.add(one.finding());
                } else {
                    notHardened.put(one.finding(), "it can no longer be changed on a pod that runs");
                }
            }
        }
        return open;
    }

    private boolean isWithinReach(Finding finding) {
        return context.addedOnly()
                .map(added -> finding.subject() instanceof Subject.OfContainer of && added.test(of.container()))
                .orElse(true);
    }
}

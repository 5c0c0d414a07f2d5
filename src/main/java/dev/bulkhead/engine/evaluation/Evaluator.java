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
import java.util.stream.Collectors;

/** The one function that decides. {@link WorkloadEvaluation} alone calls it, for everybody. */
final class Evaluator {
    private final Workload workload;
    private final EffectiveRules demands;
    private final EvaluationContext circumstances;
    private final RuleContext context;

    private Evaluator(Workload workload, EffectiveRules demands, EvaluationContext circumstances) {
        this.workload = workload;
        this.demands = demands;
        this.circumstances = circumstances;
        this.context = new RuleContext(
                demands.settings(),
                circumstances.cluster(),
                circumstances.namespace(),
                circumstances.manifest() || !workload.isPod(),
                circumstances.work());
    }

    /**
     * Judges the pod that the workload is or would make, as it would be after hardening.
     *
     * @throws dev.bulkhead.engine.rule.EvaluationTimeoutException when the circumstances leave no more time
     */
    static Verdict judge(Workload workload, EffectiveRules demands, EvaluationContext circumstances) {
        return new Evaluator(workload, demands, circumstances).judge();
    }

    private Verdict judge() {
        FindingCollector collector = new FindingCollector(demands, context);
        for (EffectiveRules.RuleDemands demand : demands.rules()) {
            collector.run(demand, workload.pod());
        }
        return harden(
                ExemptionMatcher.apply(collector.kept(), workload, demands, circumstances), collector.denialsNotKept());
    }

    private Verdict harden(List<EvaluatedFinding> judged, int denialsNotKept) {
        if (demands.settings().user().isEmpty() && judged.stream().noneMatch(one -> one.action() == Action.HARDEN)) {
            return new Verdict(judged, List.of(), List.of(), List.of(), denialsNotKept);
        }
        Map<Rule, List<EvaluatedFinding>> byRule = new HashMap<>();
        List<Finding> excused = new ArrayList<>(0);
        for (EvaluatedFinding one : judged) {
            byRule.computeIfAbsent(one.finding().rule(), rule -> new ArrayList<>())
                    .add(one);
            if (one.exemption().isPresent()) {
                excused.add(one.finding());
            }
        }
        excused.addAll(excusedOnHostUsers());
        Map<Finding, String> left = new HashMap<>();
        List<Edit.Addition> edits = new ArrayList<>(0);
        List<String> rules = new ArrayList<>(0);
        List<String> notes = new ArrayList<>(0);
        Set<Rule> done = new HashSet<>(0);
        Set<String> denied = new HashSet<>();
        Set<String> relaxed = new HashSet<>(0);
        byRule.forEach((rule, findings) -> {
            if (findings.stream().anyMatch(Evaluator::isDeniedWhateverIsFilledIn)) {
                denied.add(rule.id());
            }
        });
        for (EffectiveRules.RuleDemands demand : demands.rules()) {
            // A rule asked for at two revisions still fills in once.
            if (!(demand.rule() instanceof HardeningRule rule)
                    || demand.clauses().stream().noneMatch(PolicyAction::mayHarden)
                    || !done.add(rule)) {
                continue;
            }
            context.work().check();
            List<Finding> open = open(byRule.getOrDefault(rule, List.of()), left);
            HardeningPass hardening = new HardeningPass(
                    workload.pod(),
                    context,
                    open,
                    excused,
                    circumstances.addedOnly().isEmpty(),
                    denied::contains);
            rule.harden(hardening);
            if (!hardening.edits().isEmpty()) {
                edits.addAll(hardening.edits());
                rules.add(rule.id());
            }
            for (Finding finding : open) {
                hardening.left(finding).ifPresent(reason -> left.put(finding, reason));
            }
            if (!open.isEmpty() && open.stream().anyMatch(left::containsKey)) {
                denied.add(rule.id());
            }
            notes.addAll(hardening.notes());
            relaxed.addAll(hardening.relaxed());
        }
        List<EvaluatedFinding> settled = new ArrayList<>(judged.size());
        for (EvaluatedFinding one : judged) {
            settled.add(
                    one.action() == Action.HARDEN ? one.settled(Optional.ofNullable(left.get(one.finding()))) : one);
        }
        return new Verdict(
                circumstances.hardened() ? settled : relaxed(settled, relaxed, edits),
                edits,
                rules,
                notes,
                denialsNotKept);
    }

    /**
     * What exemptions cover of the findings that the pod's user namespace hides. A policy's user must not be filled in
     * where it is exempt, whether the user namespace was asked for or was filled in by an earlier call of the webhook.
     */
    private List<Finding> excusedOnHostUsers() {
        if (demands.settings().user().isEmpty() || !workload.pod().hasUserNamespace()) {
            return List.of();
        }
        Set<String> ruleIds = demands.rules().stream()
                .filter(demand -> demand.revision().hostUsersOnly())
                .map(demand -> demand.rule().id())
                .collect(Collectors.toSet());
        return ExemptionMatcher.apply(
                        findingsOf(ruleIds, workload.pod().onHostUsers()), workload, demands, circumstances)
                .stream()
                .filter(one -> one.exemption().isPresent())
                .map(EvaluatedFinding::finding)
                .toList();
    }

    private List<EvaluatedFinding> findingsOf(Set<String> ruleIds, Pod pod) {
        FindingCollector collector = new FindingCollector(demands, context);
        for (EffectiveRules.RuleDemands demand : demands.rules()) {
            if (ruleIds.contains(demand.rule().id())) {
                collector.run(demand, pod);
            }
        }
        return collector.kept();
    }

    /** The findings as they are once the edits are made, by which rules of these ids find less. */
    private List<EvaluatedFinding> relaxed(
            List<EvaluatedFinding> findings, Set<String> ruleIds, List<Edit.Addition> edits) {
        if (findings.stream().noneMatch(one -> isRelaxed(one, ruleIds))) {
            return findings;
        }
        Map<Violation, EvaluatedFinding> remaining = new HashMap<>();
        findingsOf(ruleIds, withSpecOf(edits))
                .forEach(one -> remaining.put(one.finding().violation(), one));
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

    /** The pod with the edits of its own fields, which alone other rules depend on; it shares everything else. */
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

    private static boolean isDeniedWhateverIsFilledIn(EvaluatedFinding judged) {
        return judged.leadsTo(Action.DENY)
                || (judged.leadsTo(Action.HARDEN) && !judged.finding().unset());
    }

    /** What of a rule's findings is to be filled in; what is out of reach is left. */
    private List<Finding> open(List<EvaluatedFinding> findings, Map<Finding, String> left) {
        List<Finding> open = new ArrayList<>(0);
        for (EvaluatedFinding one : findings) {
            context.work().step();
            if (one.finding().unset() && one.leadsTo(Action.HARDEN)) {
                if (isWithinReach(one.finding())) {
                    open.add(one.finding());
                } else {
                    left.put(one.finding(), "it can no longer be changed on a pod that runs");
                }
            }
        }
        return open;
    }

    private boolean isWithinReach(Finding finding) {
        return circumstances
                .addedOnly()
                .map(added -> finding.subject() instanceof Subject.OfContainer of && added.test(of.container()))
                .orElse(true);
    }
}

package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.policy.EffectiveRules.EffectiveRule;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The condition under which the API server has to call {@code /mutate}, for the {@code matchConditions} of that webhook. It is
 * false only for pods of which {@code /mutate} would change nothing and note nothing, whatever policy matches them: a
 * condition sees no namespace. Namespaces with labels of Bulkhead's own are the exception: these labels may add rules, so
 * that a webhook with this condition must not be for them.
 *
 * <p>The API server skips a webhook with {@code failurePolicy: Ignore} where a condition fails, so that this one must not. It
 * reads only what is there, evaluates what is unusual to true, and does not look into large pods, which bounds its cost.
 *
 * @param expression the condition in CEL
 * @param rules the ids of the rules that fill in, by any policy
 */
public record MutateCondition(String expression, List<String> rules) {
    /** The name of the condition in a webhook. */
    public static final String NAME = "lacks-what-policies-fill-in";

    /** A pod with more containers is not looked into. */
    static final int MOST_CONTAINERS = 50;

    /** If more different selectors select pods by their labels, what they are for is asked of all pods. */
    private static final int MOST_SELECTORS = 20;

    private static final String LABELS = "l";

    public MutateCondition {
        rules = List.copyOf(rules);
    }

    /** The condition for these policies, whichever of them match a pod. */
    public static MutateCondition of(PolicySet policies, ClusterCapabilities cluster) {
        RuleSettings settings = together(policies.policies());
        Map<HardeningRule, Set<String>> selectors = new LinkedHashMap<>();
        for (Policy policy : policies.policies()) {
            String selector = Conditions.selector(policy.match().workloads(), LABELS);
            for (PolicyPart part : PolicyPart.of(withoutLabels(policy), cluster)) {
                for (EffectiveRule effective : part.rules().rules()) {
                    if (effective.rule() instanceof HardeningRule rule
                            && effective.actions().stream().anyMatch(MutateCondition::fills)) {
                        selectors
                                .computeIfAbsent(rule, any -> new LinkedHashSet<>())
                                .add(selector);
                    }
                }
            }
        }
        RuleRegistry.ALL.forEach(rule -> {
            if (rule instanceof HardeningRule filling && filling.fillsInBySettings(settings)) {
                selectors.computeIfAbsent(filling, any -> new LinkedHashSet<>()).add("");
            }
        });
        Set<String> rules = new TreeSet<>();
        Map<String, Set<String>> ofPod = new LinkedHashMap<>();
        Map<String, Set<String>> ofContainers = new LinkedHashMap<>();
        selectors.forEach((rule, of) -> {
            CelNeed need = rule.needInCel(settings, cluster);
            if (!need.equals(CelNeed.NOTHING)) {
                rules.add(rule.id());
            }
            need.ofPod().forEach(condition -> add(ofPod, condition, of));
            need.ofContainers().forEach(condition -> add(ofContainers, condition, of));
        });
        return new MutateCondition(
                rules.isEmpty() ? "false" : expression(guarded(ofPod), guarded(ofContainers)), List.copyOf(rules));
    }

    private static void add(Map<String, Set<String>> conditions, String condition, Set<String> selectors) {
        conditions.computeIfAbsent(condition, any -> new LinkedHashSet<>()).addAll(selectors);
    }

    /** The policy where no namespace carries labels of Bulkhead's own. */
    private static Policy withoutLabels(Policy policy) {
        return new Policy(
                policy.name(),
                policy.match(),
                policy.profile(),
                policy.mode(),
                NamespaceLabels.IGNORE,
                policy.rules(),
                policy.settings());
    }

    private static boolean fills(PolicyAction action) {
        return action.mode() == Mode.ENFORCE
                && (action.action().action() == Action.HARDEN
                        || action.action().exceptions().containsValue(Action.HARDEN));
    }

    /** All that the policies say. Each setting of a pod is that of one of the policies that match it. */
    private static RuleSettings together(List<Policy> policies) {
        return new RuleSettings(
                RuleSettings.DEFAULT.scratch(),
                policies.stream()
                        .flatMap(policy -> policy.settings().user().stream())
                        .findFirst(),
                Stream.concat(
                                RuleSettings.DEFAULT.sandboxClasses().stream(),
                                policies.stream()
                                        .flatMap(policy -> policy.settings().sandboxClasses().stream())
                                        .flatMap(List::stream))
                        .distinct()
                        .toList(),
                policies.stream()
                        .flatMap(policy -> policy.settings().images().stream())
                        .flatMap(List::stream)
                        .toList(),
                RuleSettings.DEFAULT.unknownUser());
    }

    /** The conditions, each where one of its selectors selects the pod. Those of the same selectors stand together. */
    private static List<String> guarded(Map<String, Set<String>> conditions) {
        Map<String, List<String>> byGuard = new LinkedHashMap<>();
        conditions.forEach((condition, selectors) -> byGuard.computeIfAbsent(
                        selectors.size() > MOST_SELECTORS ? "" : Conditions.or(selectors), any -> new ArrayList<>())
                .add(condition));
        List<String> guarded = new ArrayList<>();
        byGuard.forEach((guard, all) -> {
            if (guard.isEmpty()) {
                guarded.addAll(all);
            } else {
                guarded.add(Conditions.inParentheses(guard) + " && " + Conditions.any(all));
            }
        });
        return guarded;
    }

    private static String expression(List<String> ofPod, List<String> ofContainers) {
        List<String> conditions = new ArrayList<>();
        conditions.add("!has(s.containers) || type(s.containers) != list");
        conditions.add("s.containers.size() + s.?initContainers.orValue([]).size() > " + MOST_CONTAINERS);
        conditions.add("s.?ephemeralContainers.hasValue()");
        conditions.add("s.?os.?name.orValue('') == 'windows'");
        conditions.addAll(ofPod);
        if (!ofContainers.isEmpty()) {
            conditions.add("(s.?initContainers.orValue([]) + s.containers).exists(c,\n    "
                    + String.join("\n    || ", parenthesised(ofContainers)) + ")");
        }
        String inSpec = "[object.spec].exists(s,\n  " + String.join("\n  || ", parenthesised(conditions)) + ")";
        // Debug containers are few, and somebody waits for what is noted about them.
        return "request.operation != 'CREATE' || "
                + (inSpec.contains(LABELS + "[?")
                        ? "[object.metadata.?labels.orValue({})].exists(" + LABELS + ", " + inSpec + ")"
                        : inSpec);
    }

    private static List<String> parenthesised(List<String> conditions) {
        return conditions.stream().map(Conditions::inParentheses).toList();
    }
}

package dev.bulkhead.engine.policy.lint;

import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.LabelSelector.Expression;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.List;
import java.util.Optional;

/** Finds policies whose scope a workload can leave or enter by changing a label. */
public final class LintScope {
    private static final int MOST_RULES = 3;

    private LintScope() {}

    /** A policy's scope that a label controls, and the selector: a member of {@code spec.match}. */
    public record Remark(String selector, String message) {}

    /**
     * The remark on that policy among the others in force.
     *
     * @param fallback the policy for workloads that no other matches; empty where there is none
     */
    public static Optional<Remark> on(Policy policy, List<Policy> others, Optional<Policy> fallback, int clusterMinor) {
        Policy.Match match = policy.match();
        boolean byWorkload = !match.workloads().matchesEverything();
        boolean byNamespace = isByChangeableLabels(match.namespaces());
        if (others.stream().anyMatch(other -> isBehind(other, match))) {
            return Optional.empty();
        }
        if (fallback.isPresent()) {
            List<String> laxer = byWorkload ? laxer(policy, fallback.get(), clusterMinor) : List.of();
            return laxer.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Remark(
                            "workloadSelector",
                            "every author of a pod sets its labels: with these a workload is evaluated by this policy"
                                    + " instead of the built-in one, which is stricter about " + listed(laxer)
                                    + "; let another policy cover these namespaces"));
        }
        if (byWorkload) {
            return Optional.of(new Remark(
                    "workloadSelector",
                    "every author of a pod sets its labels, and without these nothing evaluates a workload: let another"
                            + " policy cover these namespaces, or the default policy be \"fallback\""));
        }
        return byNamespace
                ? Optional.of(new Remark(
                        "namespaceSelector",
                        "nothing evaluates namespaces without these labels, which anyone who may label one can remove:"
                                + " let another policy cover everything, or the default policy be \"fallback\""))
                : Optional.empty();
    }

    /** Whether the other policy covers what these selectors leave out. */
    private static boolean isBehind(Policy other, Policy.Match match) {
        return other.match().workloads().matchesEverything()
                && (other.match().namespaces().matchesEverything()
                        || (!match.workloads().matchesEverything()
                                && other.match().namespaces().equals(match.namespaces())
                                && !isByChangeableLabels(match.namespaces())));
    }

    /** The label with a namespace's name is always present and correct. */
    private static boolean isByChangeableLabels(LabelSelector selector) {
        return selector.matchLabels().keySet().stream().anyMatch(key -> !key.equals(Namespace.NAME_LABEL))
                || selector.matchExpressions().stream()
                        .map(Expression::key)
                        .anyMatch(key -> !key.equals(Namespace.NAME_LABEL));
    }

    private static List<String> laxer(Policy policy, Policy than, int clusterMinor) {
        LintRules here = new LintRules(List.of(policy), clusterMinor);
        LintRules there = new LintRules(List.of(than), clusterMinor);
        return RuleRegistry.ALL.stream()
                .map(Rule::id)
                .filter(rule -> there.strictest(rule).isStricterThan(here.strictest(rule)))
                .toList();
    }

    private static String listed(List<String> rules) {
        String some = String.join(", ", rules.subList(0, Math.min(MOST_RULES, rules.size())));
        return rules.size() > MOST_RULES ? some + " and " + (rules.size() - MOST_RULES) + " more rules" : some;
    }
}

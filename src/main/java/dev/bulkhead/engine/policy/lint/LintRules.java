package dev.bulkhead.engine.policy.lint;

import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.RuleOverride;
import dev.bulkhead.engine.policy.ProfileRule;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.List;
import java.util.Optional;

/** What some policies, as written, require of single rules and values. */
final class LintRules {
    private final List<Policy> policies;
    private final int clusterMinor;

    LintRules(List<Policy> policies, int clusterMinor) {
        this.policies = policies;
        this.clusterMinor = clusterMinor;
    }

    /** Whether the rule is off in all of the policies. */
    boolean isOff(String ruleId) {
        return policies.stream().allMatch(policy -> actionOf(policy, ruleId).equals(RuleAction.OFF));
    }

    /** The strictest action of the policies for that rule, with their modes applied. */
    Action strictest(String ruleId) {
        return policies.stream()
                .map(policy -> policy.mode().limit(actionOf(policy, ruleId).action()))
                .reduce(Action.OFF, Action::stricter);
    }

    /** Whether all of the policies accept that value for that rule. */
    boolean allows(String ruleId, String value) {
        return policies.stream()
                .allMatch(policy -> actionOf(policy, ruleId).forValue(value) == Action.OFF
                        || override(policy, ruleId).allow().contains(value));
    }

    /** The rule that checks the same instead and is not off. */
    Optional<String> successorOf(String ruleId) {
        return RuleRegistry.ALL.stream()
                .filter(rule -> rule.revisions().stream()
                        .anyMatch(revision -> revision.replaces().contains(ruleId)))
                .map(Rule::id)
                .filter(successor -> !isOff(successor))
                .findFirst();
    }

    private RuleAction actionOf(Policy policy, String ruleId) {
        return override(policy, ruleId)
                .action()
                .map(RuleAction::of)
                .orElseGet(() -> policy.profile().rules(clusterMinor).stream()
                        .filter(profileRule -> profileRule.rule().id().equals(ruleId))
                        .map(ProfileRule::action)
                        .findFirst()
                        .orElse(RuleAction.OFF));
    }

    private static RuleOverride override(Policy policy, String ruleId) {
        return policy.rules().getOrDefault(ruleId, RuleOverride.NONE);
    }
}

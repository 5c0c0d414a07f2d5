package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.policy.Policy.RuleOverride;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Combines the policies that match a workload into its effective rules. */
final class PolicyCombination {
    private PolicyCombination() {}

    /**
     * What the policies ask for together, without exemptions: each rule once for every revision that one of them asks for.
     *
     * @param matching the policies that match a workload; the first that has a setting decides it
     * @param labels what the labels of the workload's namespace add to them
     */
    static EffectiveRules of(List<Policy> matching, NamespaceLabelPolicy labels, int clusterMinor) {
        Map<RevisionOfRule, Gathered> actions = new LinkedHashMap<>();
        List<String> profiles = new ArrayList<>();
        PolicySettings settings = PolicySettings.NONE;
        for (Policy policy : matching) {
            for (Policy part : labels.partsOf(policy)) {
                addActions(actions, part, clusterMinor);
                if (!profiles.contains(part.profile().toString())) {
                    profiles.add(part.profile().toString());
                }
            }
            settings = settings.orElse(policy.settings());
        }
        List<EffectiveRules.EffectiveRule> rules = actions.values().stream()
                .map(of -> new EffectiveRules.EffectiveRule(of.rule(), of.revision(), of.actions()))
                .sorted(Comparator.comparingInt(effective -> RuleRegistry.ALL.indexOf(effective.rule())))
                .toList();
        return new EffectiveRules(
                matching.stream().map(Policy::name).toList(),
                profiles.isEmpty() ? Profile.PRIVILEGED.toString() : String.join("+", profiles),
                rules,
                settings.withDefaults());
    }

    private record RevisionOfRule(Rule rule, int since) {
        /** The generated one costs a command more to link than to run. */
        @Override
        public int hashCode() {
            return 31 * rule.id().hashCode() + since;
        }
    }

    /** The actions of several policies for one rule, while they are collected. */
    private record Gathered(Rule rule, VersionedCheck revision, List<PolicyAction> actions) {}

    private static void addActions(Map<RevisionOfRule, Gathered> actions, Policy policy, int clusterMinor) {
        Map<String, RuleOverride> open = new LinkedHashMap<>(policy.rules());
        for (ProfileRule profileRule : policy.profile().rules(clusterMinor)) {
            Optional<RuleOverride> override =
                    Optional.ofNullable(open.remove(profileRule.rule().id()));
            add(actions, policy, profileRule, override.orElse(RuleOverride.NONE));
        }
        // A rule that the policy adds to its profile applies at its newest version.
        open.forEach((id, override) -> RuleRegistry.named(id)
                .flatMap(rule -> rule.revisionAt(
                                Profile.LEAST_PRIVILEGE.version().clampedTo(clusterMinor))
                        .map(revision -> new ProfileRule(rule, revision, RuleAction.OFF)))
                .ifPresent(profileRule -> add(actions, policy, profileRule, override)));
    }

    private static void add(
            Map<RevisionOfRule, Gathered> actions, Policy policy, ProfileRule profileRule, RuleOverride override) {
        RuleAction action = override.action().map(RuleAction::of).orElse(profileRule.action());
        if (action.isOff()) {
            return;
        }
        PolicyAction policyAction = new PolicyAction(
                action, policy.mode(), override.allow(), policy.profile().podSecurityPin());
        actions.computeIfAbsent(
                        new RevisionOfRule(
                                profileRule.rule(), profileRule.revision().since()),
                        key -> new Gathered(profileRule.rule(), profileRule.revision(), new ArrayList<>()))
                .actions()
                .add(policyAction);
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Everything that the policies in force require of one workload: each rule once for every version selected, with the
 * actions of all policies that select it. What follows from the rules alone is worked out once, not for every workload.
 */
public final class EffectiveRules {
    private static final int OWN_BYTES = 384;
    private static final int REFERENCE_BYTES = 8;
    private static final int RULE_BYTES = 64;
    private static final int ACTION_BYTES = 48;

    private final List<String> policies;
    private final String profile;
    private final List<EffectiveRule> rules;
    private final RuleSettings settings;
    private final ExemptionIndex exemptions;
    private final Set<Rule> severalTimes;
    private final Set<Rule> onHostUsersOnly;
    private final boolean mayFill;

    /** Those of these policies, in these rules, with no exemption. */
    EffectiveRules(List<String> policies, String profile, List<EffectiveRule> rules, RuleSettings settings) {
        this.policies = List.copyOf(policies);
        this.profile = profile;
        this.rules = List.copyOf(rules);
        this.settings = settings;
        this.exemptions = ExemptionIndex.EMPTY;
        Set<Rule> once = new HashSet<>();
        this.severalTimes = where(effective -> !once.add(effective.rule()));
        this.onHostUsersOnly = where(effective -> effective.revision().hostUsersOnly());
        this.mayFill = settings.user().isPresent()
                || !settings.images().isEmpty()
                || rules.stream().anyMatch(rule -> rule.actions().stream().anyMatch(PolicyAction::fills));
    }

    private EffectiveRules(EffectiveRules other, ExemptionIndex exemptions) {
        this.policies = other.policies;
        this.profile = other.profile;
        this.rules = other.rules;
        this.settings = other.settings;
        this.exemptions = exemptions;
        this.severalTimes = other.severalTimes;
        this.onHostUsersOnly = other.onHostUsersOnly;
        this.mayFill = other.mayFill;
    }

    private Set<Rule> where(Predicate<EffectiveRule> condition) {
        Set<Rule> those = new HashSet<>();
        rules.stream().filter(condition).map(EffectiveRule::rule).forEach(those::add);
        return Collections.unmodifiableSet(those);
    }

    /** The same with these exemptions. */
    EffectiveRules with(ExemptionIndex others) {
        return others.isEmpty() && exemptions.isEmpty() ? this : new EffectiveRules(this, others);
    }

    /** The names of the policies. */
    public List<String> policies() {
        return policies;
    }

    public String profile() {
        return profile;
    }

    /** In the order of the registry. */
    public List<EffectiveRule> rules() {
        return rules;
    }

    public RuleSettings settings() {
        return settings;
    }

    /** Those that are for the workload's namespace. */
    public ExemptionIndex exemptions() {
        return exemptions;
    }

    /** Whether more than one revision of the rule is selected. */
    public boolean isThereSeveralTimes(Rule rule) {
        return severalTimes.contains(rule);
    }

    /** The rules that ask nothing of a pod in a user namespace. */
    public Set<Rule> onHostUsersOnly() {
        return onHostUsersOnly;
    }

    /**
     * What would come of a finding if every policy enforced, where it is only for a policy's mode that this does not
     * come of it; empty where no mode makes a difference.
     */
    public Optional<Action> withheld(Finding finding) {
        Action held = Action.OFF;
        Action enforced = Action.OFF;
        boolean fillable = false;
        for (EffectiveRule rule : rules) {
            if (rule.rule().equals(finding.rule())) {
                for (PolicyAction policyAction : rule.actions()) {
                    held = Action.stricter(held, policyAction.actionFor(finding));
                    Action whenEnforced = policyAction.enforcedFor(finding);
                    fillable |= finding.unset() && whenEnforced == Action.HARDEN;
                    enforced = Action.stricter(enforced, whenEnforced);
                }
            }
        }
        if (fillable) {
            enforced = Action.HARDEN;
        } else if (enforced == Action.HARDEN) {
            // What is set is never changed.
            enforced = Action.DENY;
        }
        return enforced.isStricterThan(held) ? Optional.of(enforced) : Optional.empty();
    }

    /** Whether a policy fills in for the rule of that id what is unset. */
    public boolean fills(String ruleId) {
        return any(ruleId, PolicyAction::fills);
    }

    /** Whether a policy fills in for the rule of that id, or denies. */
    public boolean acts(String ruleId) {
        return any(ruleId, PolicyAction::mayHarden);
    }

    private boolean any(String ruleId, Predicate<PolicyAction> what) {
        for (EffectiveRule rule : rules) {
            if (rule.rule().id().equals(ruleId) && rule.actions().stream().anyMatch(what)) {
                return true;
            }
        }
        return false;
    }

    /** Whether anything may be filled in, or noted about it, even in a pod without findings. */
    public boolean mayFill() {
        return mayFill;
    }

    /** What it takes in memory, roughly and without what belongs to the policies and exemptions. */
    long bytes() {
        long bytes = OWN_BYTES + (long) policies.size() * REFERENCE_BYTES;
        bytes += (long) (severalTimes.size() + onHostUsersOnly.size()) * 2 * REFERENCE_BYTES;
        for (EffectiveRule rule : rules) {
            bytes += RULE_BYTES + (long) rule.actions().size() * ACTION_BYTES;
        }
        return bytes;
    }

    /** A rule at one revision and what each policy wants done about it. */
    public record EffectiveRule(Rule rule, VersionedCheck revision, List<PolicyAction> actions) {
        public EffectiveRule {
            actions = List.copyOf(actions);
        }
    }
}

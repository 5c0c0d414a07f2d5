package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.RuleAction;
import java.util.Optional;
import java.util.Set;

/**
 * What one policy does about one rule.
 *
 * @param pin {@code LEVEL:VERSION} where the policy is a Pod Security level, whose sentence its denials carry
 */
public record PolicyAction(RuleAction action, Mode mode, Set<String> allow, Optional<String> pin) {
    /** What this policy does about that finding. */
    public Action actionFor(Finding finding) {
        return mode.limit(enforcedFor(finding));
    }

    /** What this policy would do about that finding in mode enforce. */
    Action enforcedFor(Finding finding) {
        return allow.contains(finding.value()) ? Action.OFF : action.forValue(finding.value());
    }

    /** Whether this policy fills in for that rule what is unset. */
    boolean fills() {
        return mode == Mode.ENFORCE && action.action() == Action.HARDEN;
    }

    /** Whether this policy hardens pods for that rule, or would deny them. */
    public boolean mayHarden() {
        return mode == Mode.ENFORCE && action.action().compareTo(Action.HARDEN) >= 0;
    }

    /** Whether this policy hardens pods for that rule, or denies them, or would if its mode were enforce. */
    public boolean demands() {
        return action.action().compareTo(Action.HARDEN) >= 0;
    }
}

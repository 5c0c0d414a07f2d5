package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleInfo;

/**
 * A check of the Pod Security Standards, with the id, the revisions and the texts of Pod Security Admission.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security Standards</a>
 */
abstract class PodSecurityRule implements Rule {
    private final RuleInfo info;

    PodSecurityRule(RuleInfo info) {
        this.info = info;
    }

    @Override
    public final RuleInfo info() {
        return info;
    }

    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.of(this instanceof HardeningRule ? Action.HARDEN : Action.DENY);
    }
}

package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import java.util.Optional;

/**
 * A check of the Pod Security Standards, with the id, the revisions and the texts of Pod Security Admission.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security Standards</a>
 */
abstract class PodSecurityRule implements Rule {
    private final String id;
    private final PodSecurityLevel level;
    private final Layer layer;

    PodSecurityRule(String id, PodSecurityLevel level, Layer layer) {
        this.id = id;
        this.level = level;
        this.layer = layer;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final Optional<PodSecurityLevel> level() {
        return Optional.of(level);
    }

    @Override
    public final Layer layer() {
        return layer;
    }

    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.of(this instanceof HardeningRule ? Action.HARDEN : Action.DENY);
    }
}

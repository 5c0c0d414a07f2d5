package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Demand;
import dev.bulkhead.engine.rule.Hardenable;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Rule;
import java.util.Optional;

/**
 * A check of the Pod Security Standards, with the id, the revisions and the texts of Pod Security Admission.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security Standards</a>
 */
abstract class PodSecurityCheck implements Rule {
    private final String id;
    private final Level level;
    private final Layer layer;

    PodSecurityCheck(String id, Level level, Layer layer) {
        this.id = id;
        this.level = level;
        this.layer = layer;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final Optional<Level> level() {
        return Optional.of(level);
    }

    @Override
    public final Layer layer() {
        return layer;
    }

    @Override
    public Demand leastPrivilege() {
        return Demand.of(this instanceof Hardenable ? Action.HARDEN : Action.DENY);
    }
}

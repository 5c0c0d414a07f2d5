package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;

/** A rule of Bulkhead's own. */
abstract class BulkheadRule implements Rule {
    private final String id;
    private final Layer layer;
    private final RuleAction leastPrivilege;
    private final RuleAction sandboxed;

    BulkheadRule(String id, Layer layer, RuleAction leastPrivilege, RuleAction sandboxed) {
        this.id = id;
        this.layer = layer;
        this.leastPrivilege = leastPrivilege;
        this.sandboxed = sandboxed;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final Layer layer() {
        return layer;
    }

    @Override
    public final RuleAction leastPrivilege() {
        return leastPrivilege;
    }

    @Override
    public final RuleAction sandboxed() {
        return sandboxed;
    }
}

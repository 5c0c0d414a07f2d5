package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Demand;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Rule;

/** A rule of Bulkhead's own. */
abstract class OwnRule implements Rule {
    private final String id;
    private final Layer layer;
    private final Demand leastPrivilege;
    private final Demand sandboxed;

    OwnRule(String id, Layer layer, Demand leastPrivilege, Demand sandboxed) {
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
    public final Demand leastPrivilege() {
        return leastPrivilege;
    }

    @Override
    public final Demand sandboxed() {
        return sandboxed;
    }
}

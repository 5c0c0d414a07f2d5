package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleInfo;

/** A rule of Bulkhead's own. */
abstract class BulkheadRule implements Rule {
    private final RuleInfo info;
    private final RuleAction leastPrivilege;
    private final RuleAction sandboxed;

    BulkheadRule(RuleInfo info, RuleAction leastPrivilege, RuleAction sandboxed) {
        this.info = info;
        this.leastPrivilege = leastPrivilege;
        this.sandboxed = sandboxed;
    }

    @Override
    public final RuleInfo info() {
        return info;
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

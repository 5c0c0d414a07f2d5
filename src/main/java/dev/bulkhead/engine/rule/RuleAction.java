package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.HashMap;
import java.util.Map;

/**
 * What a profile does about a rule's findings.
 *
 * @param action for every value
 * @param exceptions another action for single values
 */
public record RuleAction(Action action, Map<String, Action> exceptions) {
    public static final RuleAction OFF = of(Action.OFF);

    public RuleAction {
        exceptions = ImmutableCopies.of(exceptions);
    }

    public static RuleAction of(Action action) {
        return new RuleAction(action, Map.of());
    }

    /** The same with another action for that value. */
    public RuleAction except(String value, Action other) {
        Map<String, Action> more = new HashMap<>(exceptions);
        more.put(value, other);
        return new RuleAction(action, more);
    }

    /** Whether nothing is done about any value. */
    public boolean isOff() {
        return action == Action.OFF && exceptions.isEmpty();
    }

    public Action forValue(String value) {
        return exceptions.getOrDefault(value, action);
    }
}

package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.HashMap;
import java.util.Map;

/**
 * What a profile wants done about a rule's findings.
 *
 * @param action for every value
 * @param exceptions another action for single values
 */
public record Demand(Action action, Map<String, Action> exceptions) {
    public static final Demand OFF = of(Action.OFF);

    public Demand {
        exceptions = ImmutableCopies.of(exceptions);
    }

    public static Demand of(Action action) {
        return new Demand(action, Map.of());
    }

    /** The same demand, with another action for that value. */
    public Demand except(String value, Action other) {
        Map<String, Action> more = new HashMap<>(exceptions);
        more.put(value, other);
        return new Demand(action, more);
    }

    public Action forValue(String value) {
        return exceptions.getOrDefault(value, action);
    }
}

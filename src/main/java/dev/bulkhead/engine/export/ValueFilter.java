package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of a rule that have one effect.
 *
 * @param only whether it is these values, or else all but these
 */
record ValueFilter(boolean only, Set<String> values) {
    ValueFilter {
        values = ImmutableCopies.of(values);
    }

    /** The values to which the policy gives that effect; empty if there are none. */
    static Optional<ValueFilter> of(PolicyAction action, Effect effect) {
        boolean byDefault = has(action, action.action().action(), effect);
        Set<String> values = new HashSet<>();
        for (Map.Entry<String, Action> exception : action.action().exceptions().entrySet()) {
            boolean has =
                    has(action, exception.getValue(), effect) && !action.allow().contains(exception.getKey());
            if (has != byDefault) {
                values.add(exception.getKey());
            }
        }
        if (byDefault) {
            values.addAll(action.allow());
        }
        return byDefault || !values.isEmpty() ? Optional.of(new ValueFilter(!byDefault, values)) : Optional.empty();
    }

    private static boolean has(PolicyAction action, Action of, Effect effect) {
        return Effect.of(action.mode().limit(of)).filter(effect::equals).isPresent();
    }

    boolean contains(String value) {
        return values.contains(value) == only;
    }

    /** The list without the other values, in CEL. */
    String of(String list) {
        if (values.isEmpty()) {
            return list;
        }
        return list + "\n.filter(x, " + (only ? "" : "!(") + "x in " + Cel.set(values) + (only ? "" : ")") + ")";
    }
}

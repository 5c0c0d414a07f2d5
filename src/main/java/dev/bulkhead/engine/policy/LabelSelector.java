package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A Kubernetes label selector; the empty one matches everything. */
public record LabelSelector(Map<String, String> matchLabels, List<Expression> matchExpressions) {
    public static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

    public LabelSelector {
        matchLabels = ImmutableCopies.of(matchLabels);
        matchExpressions = List.copyOf(matchExpressions);
    }

    /** How an expression compares a label with its values. */
    public enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String label;

        Operator(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** One requirement on the label of that key. */
    public record Expression(String key, Operator operator, Set<String> values) {
        public Expression {
            values = ImmutableCopies.of(values);
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    public boolean matches(Map<String, String> labels) {
        return labels.entrySet().containsAll(matchLabels.entrySet())
                && matchExpressions.stream().allMatch(expression -> expression.matches(labels));
    }

    /** Whether it matches whatever the labels are. */
    public boolean matchesEverything() {
        return matchLabels.isEmpty() && matchExpressions.isEmpty();
    }
}

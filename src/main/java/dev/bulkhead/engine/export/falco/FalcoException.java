package dev.bulkhead.engine.export.falco;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;

/**
 * When a rule stays silent: where all of these comparisons hold.
 *
 * @param name unique in its rule
 */
public record FalcoException(String name, List<Comparison> comparisons) {
    public FalcoException {
        comparisons = List.copyOf(comparisons);
    }

    /**
     * Compares a field.
     *
     * @param operator {@code in} takes several values, the others one
     * @param values not quoted
     */
    public record Comparison(String field, String operator, List<String> values) {
        public Comparison {
            values = List.copyOf(values);
        }

        static Comparison in(String field, Collection<String> values) {
            return new Comparison(field, "in", values.stream().sorted().toList());
        }

        static Comparison regex(String field, String regex) {
            return new Comparison(field, "regex", List.of(regex));
        }

        boolean takesList() {
            return operator.equals("in");
        }
    }

    /** The exception as Falco reads it: one row of values. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
        ArrayNode fields = json.putArray("fields");
        ArrayNode operators = json.putArray("comps");
        ArrayNode row = json.putArray("values").addArray();
        for (Comparison comparison : comparisons) {
            fields.add(comparison.field());
            operators.add(comparison.operator());
            if (comparison.takesList()) {
                ArrayNode listed = row.addArray();
                comparison.values().forEach(value -> listed.add(FalcoFilter.text(value)));
            } else {
                row.add(FalcoFilter.text(comparison.values().get(0)));
            }
        }
        return json;
    }
}

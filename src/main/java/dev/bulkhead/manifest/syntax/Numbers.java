package dev.bulkhead.manifest.syntax;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.util.Optional;

/** Numbers as kubectl sends them. */
final class Numbers {
    /** From this value on Go writes an exponent, which the API server reads as a fraction. */
    private static final double LONGS_END = 0x1p63;

    private Numbers() {}

    /** The narrowest node, as Jackson's own reading makes it, so that trees can be compared. */
    static NumericNode node(long value) {
        return (int) value == value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    /**
     * A fraction without a fractional part is sent as an integer: {@code runAsUser: 0.0} runs as root. Empty for what
     * JSON cannot express.
     */
    static Optional<JsonNode> node(double value) {
        if (!Double.isFinite(value)) {
            return Optional.empty();
        }
        if (value == Math.rint(value) && value >= -LONGS_END && value < LONGS_END) {
            return Optional.of(node((long) value));
        }
        return Optional.of(JsonNodeFactory.instance.numberNode(value));
    }
}

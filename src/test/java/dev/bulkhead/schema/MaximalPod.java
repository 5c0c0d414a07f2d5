package dev.bulkhead.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.schema.PodSchema.Field;

/** A pod in which every field of the schema is set, which no API server would accept, but nothing in it is absent. */
public final class MaximalPod {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final PodSchema schema;
    private final boolean flag;
    private final String text;
    private final long number;

    private MaximalPod(PodSchema schema, boolean flag, String text, long number) {
        this.schema = schema;
        this.flag = flag;
        this.text = text;
        this.number = number;
    }

    /** Its metadata and spec, with these values wherever one of their type is expected. */
    public static ObjectNode of(PodSchema schema, boolean flag, String text, long number) {
        return new MaximalPod(schema, flag, text, number).object("Pod");
    }

    private ObjectNode object(String type) {
        ObjectNode object = NODES.objectNode();
        for (Field field : schema.fieldsOf(type)) {
            JsonNode value = value(field.holds());
            object.set(
                    field.name(),
                    switch (field.shape()) {
                        case ONE -> value;
                        case LIST -> NODES.arrayNode().add(value);
                        case MAP -> NODES.objectNode().set("key", value);
                    });
        }
        return object;
    }

    private JsonNode value(String type) {
        if (!schema.fieldsOf(type).isEmpty()) {
            return object(type);
        }
        return switch (type) {
            case "boolean" -> BooleanNode.valueOf(flag);
            case "integer", "number" -> LongNode.valueOf(number);
            case "IntOrString" -> LongNode.valueOf(80);
            case "Quantity" -> TextNode.valueOf("1");
            case "Time", "MicroTime" -> TextNode.valueOf("2026-01-01T00:00:00Z");
            case "FieldsV1" -> NODES.objectNode();
            case "string" -> TextNode.valueOf(text);
            default -> throw new IllegalStateException("the schema has a type of which no value is known: " + type);
        };
    }

    /** That pod with what another one sets; each item of the other's lists has all fields of the first item here. */
    public static JsonNode overlaid(JsonNode maximal, JsonNode other) {
        if (maximal instanceof ObjectNode object && other instanceof ObjectNode with) {
            ObjectNode merged = object.deepCopy();
            with.properties()
                    .forEach(member -> merged.set(
                            member.getKey(),
                            merged.has(member.getKey())
                                    ? overlaid(merged.get(member.getKey()), member.getValue())
                                    : member.getValue()));
            return merged;
        }
        if (maximal instanceof ArrayNode array && other instanceof ArrayNode with && !array.isEmpty()) {
            ArrayNode merged = NODES.arrayNode();
            with.forEach(item -> merged.add(overlaid(array.get(0), item)));
            return merged;
        }
        return other;
    }
}

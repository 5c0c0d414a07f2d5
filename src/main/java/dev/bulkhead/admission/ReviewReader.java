package dev.bulkhead.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads JSON bytes into one tree, without recursion and within bounds: no deeper than the API server itself allows, no
 * duplicate keys, nothing after the end. {@code metadata.managedFields}, which no rule reads and which is often a third
 * of an object, is skipped.
 */
final class ReviewReader {
    /** As deep as the API server decodes. */
    private static final int MAX_DEPTH = 10_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private ReviewReader() {}

    /**
     * The tree of a JSON object.
     *
     * @throws IOException when the bytes are not one JSON object within the bounds; the message names the place
     */
    static ObjectNode read(byte[] body) throws IOException {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected a JSON object");
            }
            ObjectNode root = NODES.objectNode();
            fill(root, parser);
            if (parser.nextToken() != null) {
                throw new IOException("there is more after the end of the JSON object");
            }
            return root;
        }
    }

    private static void fill(ObjectNode root, JsonParser parser) throws IOException {
        Deque<ContainerNode<?>> open = new ArrayDeque<>();
        ContainerNode<?> current = root;
        while (true) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new IOException("the JSON ends too early");
            }
            switch (token) {
                case FIELD_NAME -> {
                    // The value's own token follows and reads this name from the parser.
                }
                case START_OBJECT, START_ARRAY -> {
                    if (isSkipped(parser)) {
                        parser.skipChildren();
                    } else {
                        ContainerNode<?> child =
                                token == JsonToken.START_OBJECT ? NODES.objectNode() : NODES.arrayNode();
                        add(current, parser, child);
                        open.push(current);
                        current = child;
                    }
                }
                case END_OBJECT, END_ARRAY -> {
                    if (open.isEmpty()) {
                        return;
                    }
                    current = open.pop();
                }
                default -> add(current, parser, scalar(token, parser));
            }
        }
    }

    private static boolean isSkipped(JsonParser parser) throws IOException {
        return "managedFields".equals(parser.currentName())
                && parser.getParsingContext().getParent().hasCurrentName()
                && "metadata"
                        .equals(parser.getParsingContext()
                                .getParent()
                                .getParent()
                                .getCurrentName());
    }

    private static void add(ContainerNode<?> holder, JsonParser parser, JsonNode value) throws IOException {
        if (holder instanceof ObjectNode object) {
            object.set(parser.currentName(), value);
        } else {
            ((ArrayNode) holder).add(value);
        }
    }

    private static JsonNode scalar(JsonToken token, JsonParser parser) throws IOException {
        return switch (token) {
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    case BIG_INTEGER -> NODES.numberNode(parser.getBigIntegerValue());
                    case FLOAT, DOUBLE, BIG_DECIMAL -> NODES.numberNode(parser.getDoubleValue());
                };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw new IOException("unexpected " + token);
        };
    }
}

package dev.bulkhead.app.admission.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What {@link ReviewReader} could be instead: the same tree in the same bounds, by Jackson's streaming parser. It is
 * faster with names that are interned, without Jackson's own search for duplicates, and with texts asked for together with
 * the step to them. Not part of the product.
 */
public final class JacksonReviewReader {
    private static final int MAX_NUMBER_LENGTH = 400;
    private static final long SIGNS = 0x8080808080808080L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(ReviewReader.MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final Deque<ContainerNode<?>> outer = new ArrayDeque<>();
    private final Deque<String> outerNames = new ArrayDeque<>();
    private String currentName = "";
    private int values;

    private JacksonReviewReader(JsonParser parser) {
        this.parser = parser;
    }

    /** The tree of a JSON object. */
    public static ObjectNode read(byte[] body) throws IOException {
        checkUtf8(body);
        try (JsonParser parser = FACTORY.createParser(body)) {
            return new JacksonReviewReader(parser).read();
        }
    }

    /** The parser itself takes overlong forms and surrogates for UTF-8, and UTF-16 for JSON. */
    private static void checkUtf8(byte[] body) throws IOException {
        if (body.length < 2 || body[0] <= 0 || body[1] == 0) {
            throw new IOException("expected a JSON object");
        }
        long all = 0;
        int i = 0;
        for (; i + Long.BYTES <= body.length; i += Long.BYTES) {
            all |= (long) LONGS.get(body, i);
        }
        for (; i < body.length; i++) {
            all |= body[i];
        }
        if ((all & SIGNS) != 0) {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        }
    }

    private ObjectNode read() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("expected a JSON object");
        }
        ObjectNode root = NODES.objectNode();
        ContainerNode<?> current = root;
        while (true) {
            String name = null;
            JsonToken token;
            if (current instanceof ObjectNode) {
                name = parser.nextFieldName();
                String text = name == null ? null : parser.nextTextValue();
                if (text != null) {
                    add(current, name, text(text));
                    continue;
                }
                token = parser.currentToken();
            } else {
                token = parser.nextToken();
            }
            if (token == null) {
                throw new IOException("the JSON ends too early");
            }
            if (token.isStructEnd()) {
                if (outer.isEmpty()) {
                    break;
                }
                current = outer.pop();
                currentName = outerNames.pop();
            } else if (token.isScalarValue()) {
                add(current, name, scalar(token));
            } else if (name != null && ReviewReader.isSkipped(currentName, name)) {
                parser.skipChildren();
            } else {
                ContainerNode<?> child = token == JsonToken.START_OBJECT ? NODES.objectNode() : NODES.arrayNode();
                add(current, name, child);
                outer.push(current);
                outerNames.push(currentName);
                current = child;
                currentName = name == null ? currentName : name;
            }
        }
        if (parser.nextToken() != null) {
            throw new IOException("there is more after the end of the JSON object");
        }
        return root;
    }

    private void add(ContainerNode<?> holder, String name, JsonNode value) throws IOException {
        if (++values > ReviewReader.MAX_VALUES) {
            throw new IOException("more than " + ReviewReader.MAX_VALUES + " values");
        }
        if (name == null) {
            ((ArrayNode) holder).add(value);
        } else if (((ObjectNode) holder).replace(name, value) != null) {
            throw new IOException("a duplicate member");
        }
    }

    private JsonNode text(String text) throws IOException {
        if (text.indexOf(Escapes.REPLACEMENT) >= 0 && ReviewReader.CRUCIAL.contains(currentName)) {
            throw new IOException("a text with U+FFFD");
        }
        return NODES.textNode(text);
    }

    private JsonNode scalar(JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> text(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            default -> switch (parser.getNumberType()) {
                case INT -> NODES.numberNode(parser.getIntValue());
                case LONG -> NODES.numberNode(parser.getLongValue());
                default -> NODES.numberNode(parser.getBigIntegerValue());
            };
        };
    }
}

package dev.bulkhead.engine.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A location in a JSON document that knows its JSON Pointer, whether or not it holds a value. JSON {@code null} counts
 * as absent, as it does for the API server. A value of another type than the one asked for is a {@link
 * MalformedWorkloadException}.
 */
public final class Field {
    /** Precomputed names of the first list items. */
    private static final String[] INDICES =
            IntStream.range(0, 64).mapToObj(Integer::toString).toArray(String[]::new);

    private final @Nullable Field parent;
    private final String name;
    private final JsonNode node;

    private Field(@Nullable Field parent, String name, JsonNode node) {
        this.parent = parent;
        this.name = name;
        this.node = node;
    }

    /** The whole document. */
    public static Field root(JsonNode document) {
        return new Field(null, "", document);
    }

    /** The member of that name; absent when this field is absent. */
    public Field get(String member) {
        if (isAbsent()) {
            return new Field(this, member, MissingNode.getInstance());
        }
        if (!node.isObject()) {
            throw malformed("an object");
        }
        JsonNode child = node.get(member);
        return new Field(this, member, child == null ? MissingNode.getInstance() : child);
    }

    /** The field reached by following these member names. */
    public Field get(List<String> members) {
        Field field = this;
        for (String member : members) {
            field = field.get(member);
        }
        return field;
    }

    /** The items of this list, in order; none when it is absent. */
    public List<Field> items() {
        if (isAbsent()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw malformed("a list");
        }
        List<Field> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new Field(this, i < INDICES.length ? INDICES[i] : Integer.toString(i), node.get(i)));
        }
        return items;
    }

    /** The members of this object that are not null, in document order; none when it is absent. */
    public List<Field> members() {
        if (isAbsent()) {
            return List.of();
        }
        if (!node.isObject()) {
            throw malformed("an object");
        }
        List<Field> members = new ArrayList<>(node.size());
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!member.getValue().isNull()) {
                members.add(new Field(this, member.getKey(), member.getValue()));
            }
        }
        return members;
    }

    /** This object as it would be without that member, at the same place; it shares the others. */
    Field without(String member) {
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        if (node instanceof ObjectNode object) {
            rest.setAll(object);
        }
        rest.remove(member);
        return new Field(parent, name, rest);
    }

    public boolean isPresent() {
        return !isAbsent();
    }

    public boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    /** Whether the field is set to true. */
    public boolean isTrue() {
        return isPresent() && bool();
    }

    /** Whether the field is explicitly set to false. */
    public boolean isFalse() {
        return isPresent() && !bool();
    }

    private boolean bool() {
        if (!node.isBoolean()) {
            throw malformed("true or false");
        }
        return node.booleanValue();
    }

    /** The text, or empty when the field is absent. */
    public Optional<String> text() {
        if (isAbsent()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw malformed("text");
        }
        return Optional.of(node.textValue());
    }

    /** The text; an absent field reads as the empty text, as it does in Kubernetes' own types. */
    public String textOrEmpty() {
        return text().orElse("");
    }

    /** The integer, or empty when the field is absent. */
    public OptionalLong integer() {
        if (isAbsent()) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw malformed("a whole number");
        }
        return OptionalLong.of(node.longValue());
    }

    /** The last token of the pointer: a member's name or an item's index; empty for the root. */
    public String name() {
        return name;
    }

    /** The object or list that this field belongs to; empty for the root. */
    public Optional<Field> parent() {
        return Optional.ofNullable(parent);
    }

    /** The value; a missing node when there is none. */
    public JsonNode node() {
        return node;
    }

    /** The JSON Pointer (RFC 6901) of this location. */
    public String pointer() {
        Deque<String> tokens = new ArrayDeque<>();
        for (Field field = this; field.parent != null; field = field.parent) {
            tokens.push(field.name);
        }
        StringBuilder pointer = new StringBuilder();
        for (String token : tokens) {
            pointer.append('/').append(escape(token));
        }
        return pointer.toString();
    }

    /** Escapes a name for a JSON Pointer. */
    public static String escape(String token) {
        return token.replace("~", "~0").replace("/", "~1");
    }

    private MalformedWorkloadException malformed(String expected) {
        String found = switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "text";
            case NUMBER -> "a number";
            case BOOLEAN -> node.asText();
            case BINARY, POJO, MISSING, NULL -> "nothing";
        };
        return new MalformedWorkloadException(pointer(), expected, found);
    }

    @Override
    public String toString() {
        return pointer();
    }
}

package dev.bulkhead.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.schema.PodSchema.Shape;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An object that tells which of its members are asked for, whether they are there or not. Going through all members
 * counts as asking for those that are there.
 */
// Serializable and its generic deepCopy() come from Jackson.
@SuppressWarnings({"serial", "unchecked", "deprecation"})
public final class RecordingObject extends ObjectNode {
    /** What follows the path of a map whose keys are all looked at. */
    public static final String ALL_KEYS = "*";

    private final PodSchema schema;
    private final String type;
    private final String path;
    private final boolean map;
    private final Consumer<String> asked;

    private RecordingObject(PodSchema schema, String type, String path, boolean map, Consumer<String> asked) {
        super(JsonNodeFactory.instance);
        this.schema = schema;
        this.type = type;
        this.path = path;
        this.map = map;
        this.asked = asked;
    }

    /**
     * The same pod, telling of what is asked for by its path, as {@link PodSchema.Place} has it. What the schema does not
     * know is told of as well. Of a map, the key that is asked for follows the path: {@code metadata.labels{}app}.
     */
    public static ObjectNode of(JsonNode pod, PodSchema schema, Consumer<String> asked) {
        return object(pod, schema, "Pod", "", false, asked);
    }

    private static ObjectNode object(
            JsonNode node, PodSchema schema, String type, String path, boolean map, Consumer<String> asked) {
        RecordingObject object = new RecordingObject(schema, type, path, map, asked);
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            Optional<PodSchema.Field> field = schema.field(type, member.getKey());
            String held = map ? type : field.map(PodSchema.Field::holds).orElse("");
            String at = map ? path : object.path(member.getKey(), false);
            boolean holdsMap =
                    !map && field.filter(of -> of.shape() == Shape.MAP).isPresent();
            object.set(member.getKey(), wrapped(member.getValue(), schema, held, at, holdsMap, asked));
        }
        return object;
    }

    private static JsonNode wrapped(
            JsonNode node, PodSchema schema, String type, String path, boolean map, Consumer<String> asked) {
        if (node.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            node.forEach(item -> list.add(wrapped(item, schema, type, path, false, asked)));
            return list;
        }
        return node.isObject() ? object(node, schema, type, path, map, asked) : node;
    }

    private String path(String member, boolean withKey) {
        if (map) {
            return withKey ? path + member : path;
        }
        return schema.field(type, member)
                .map(field -> PodSchema.child(path, field))
                .orElse(path + "." + member);
    }

    private void tell(String member) {
        if (map) {
            asked.accept(path);
        }
        asked.accept(path(member, true));
    }

    private void tellAll() {
        if (map) {
            asked.accept(path);
            asked.accept(path + ALL_KEYS);
        } else {
            super.properties().forEach(member -> tell(member.getKey()));
        }
    }

    @Override
    public JsonNode get(String member) {
        tell(member);
        return super.get(member);
    }

    @Override
    public JsonNode path(String member) {
        tell(member);
        return super.path(member);
    }

    @Override
    public boolean has(String member) {
        tell(member);
        return super.has(member);
    }

    @Override
    public Set<Map.Entry<String, JsonNode>> properties() {
        tellAll();
        return super.properties();
    }

    @Override
    @Deprecated
    public Iterator<Map.Entry<String, JsonNode>> fields() {
        tellAll();
        return super.fields();
    }

    @Override
    public Iterator<String> fieldNames() {
        tellAll();
        return super.fieldNames();
    }

    @Override
    public Iterator<JsonNode> elements() {
        tellAll();
        return super.elements();
    }
}

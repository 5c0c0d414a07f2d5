package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON Patch (RFC 6902) of {@code add} operations only. It keeps all that the document says: each operation sets a
 * member that was absent (or null), appends to a list, or sets a text to itself with more at its end.
 */
public record JsonPatch(List<Operation.Add> operations) {
    public static final JsonPatch EMPTY = new JsonPatch(List.of());

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    public JsonPatch {
        operations = List.copyOf(operations);
    }

    public boolean isEmpty() {
        return operations.isEmpty();
    }

    /** The patch that makes these edits, in the fewest operations: what is missing together is added together. */
    public static JsonPatch of(List<Edit.Addition> edits) {
        // Keyed by the pointer of the highest absent field, so that edits below the same absence share an operation.
        ObjectNode missing = JSON.objectNode();
        Map<String, List<JsonNode>> appended = new LinkedHashMap<>();
        for (Edit.Addition edit : edits) {
            if (edit instanceof Edit.Append && edit.place().isPresent()) {
                appended.computeIfAbsent(edit.place().pointer(), list -> new ArrayList<>())
                        .add(edit.value());
            } else {
                put(missing, edit);
            }
        }
        List<Operation.Add> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> addition : missing.properties()) {
            operations.add(new Operation.Add(addition.getKey(), addition.getValue()));
        }
        appended.forEach((list, items) -> items.forEach(item -> operations.add(new Operation.Add(list + "/-", item))));
        return new JsonPatch(operations);
    }

    private static void put(ObjectNode missing, Edit.Addition edit) {
        Deque<String> names = new ArrayDeque<>();
        Field top = edit.place();
        for (Field above = parentOf(top); above.isAbsent(); above = parentOf(top)) {
            names.push(top.name());
            top = above;
        }
        names.push(top.pointer());
        String last = names.removeLast();
        ObjectNode object = missing;
        for (String name : names) {
            object = object.withObjectProperty(name);
        }
        if (edit instanceof Edit.Append) {
            object.withArrayProperty(last).add(edit.value());
        } else {
            object.set(last, edit.value());
        }
    }

    private static Field parentOf(Field field) {
        return field.parent().orElseThrow(() -> new IllegalArgumentException("the document itself cannot be added"));
    }

    /** The operations as the API server reads them. */
    public ArrayNode toJson() {
        ArrayNode array = JSON.arrayNode();
        for (Operation.Add operation : operations) {
            array.addObject().put("op", "add").put("path", operation.path()).set("value", operation.value());
        }
        return array;
    }

    /**
     * The document with the additions made; the given one stays as it is.
     *
     * @throws IllegalArgumentException when the patch was made for another document
     */
    public JsonNode applyTo(JsonNode document) {
        JsonNode result = document.deepCopy();
        for (Operation.Add operation : operations) {
            int slash = operation.path().lastIndexOf('/');
            String name = operation.path().substring(slash + 1);
            JsonNode holder = result.at(operation.path().substring(0, slash));
            if (holder instanceof ObjectNode object) {
                object.set(name.replace("~1", "/").replace("~0", "~"), operation.value());
            } else if (holder instanceof ArrayNode list && name.equals("-")) {
                list.add(operation.value());
            } else {
                throw new IllegalArgumentException("nothing to add to at " + operation.path());
            }
        }
        return result;
    }
}

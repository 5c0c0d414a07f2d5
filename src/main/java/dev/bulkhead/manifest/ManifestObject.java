package dev.bulkhead.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.report.ObjectOrigin;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.manifest.syntax.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Kubernetes object in a document.
 *
 * @param prefix the JSON Pointer to it inside the document: empty, or for the fourth item of a list {@code /items/3}
 * @param node the object; an item that leaves its kind to its list, as those of a PodList do, has it here
 */
public record ManifestObject(Document document, String prefix, ObjectNode node) implements ObjectOrigin {
    private static final String LIST = "List";

    /**
     * The position of a part of the object in the file.
     *
     * @param pointer a JSON Pointer into the object; where it names nothing, the position is that of the nearest part
     * @throws IllegalArgumentException if that is no JSON Pointer
     */
    public Position position(String pointer) {
        return document.position(prefix + pointer);
    }

    @Override
    public Optional<SourceLocation> location() {
        return Optional.of(new SourceLocation(
                document.file(), document.index(), position("").line(), document.template()));
    }

    @Override
    public OptionalInt line(String pointer) {
        return OptionalInt.of(position(pointer).line());
    }

    @Override
    public OptionalInt column(String pointer) {
        return OptionalInt.of(position(pointer).column());
    }

    static List<ManifestObject> in(Document document) {
        List<ManifestObject> objects = new ArrayList<>();
        collect(document, "", document.root(), objects);
        return List.copyOf(objects);
    }

    /** Items are mappings: {@link DocumentReader} rejects documents with others. */
    private static void collect(Document document, String prefix, ObjectNode node, List<ManifestObject> into) {
        JsonNode items = node.path("items");
        boolean listed = items.isArray() && items.valueStream().allMatch(JsonNode::isObject);
        if (!listed || !isListKind(node)) {
            into.add(new ManifestObject(document, prefix, node));
        }
        if (listed) {
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof ObjectNode item) {
                    collect(document, prefix + "/items/" + i, withKindOf(node, item), into);
                }
            }
        }
    }

    /** The pointer to the first item of a list that is no object, for which kubectl rejects the list. */
    static Optional<String> strayItem(JsonNode node) {
        JsonNode items = node.path("items");
        if (!isListKind(node) || !items.isArray()) {
            return Optional.empty();
        }
        for (int i = 0; i < items.size(); i++) {
            String pointer = "/items/" + i;
            Optional<String> stray =
                    items.path(i).isObject() ? strayItem(items.path(i)).map(pointer::concat) : Optional.of(pointer);
            if (stray.isPresent()) {
                return stray;
            }
        }
        return Optional.empty();
    }

    private static boolean isListKind(JsonNode node) {
        return node.path("kind").asText().endsWith(LIST);
    }

    private static ObjectNode withKindOf(ObjectNode list, ObjectNode item) {
        String kind = list.path("kind").asText();
        if (!isListKind(list) || kind.equals(LIST) || item.has("kind") || item.has("apiVersion")) {
            return item;
        }
        ObjectNode named = JsonNodeFactory.instance.objectNode();
        named.set("apiVersion", list.path("apiVersion").deepCopy());
        named.put("kind", kind.substring(0, kind.length() - LIST.length()));
        return named.setAll(item);
    }
}

package dev.bulkhead.engine.edit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Operations that were worked out separately for one document, made together: all of them name places of the document as it
 * was before any of them.
 */
public final class CombinedOperations {
    /** Compares pointers by their segments, so that items of a list are in the order of the list. */
    private static final Comparator<String> IN_DOCUMENT = CombinedOperations::compare;

    private CombinedOperations() {}

    /** The document with all of them made; the given one stays as it is. */
    public static JsonNode applyTo(JsonNode document, Collection<? extends Operation> operations) {
        JsonNode changed = document.deepCopy();
        List<String> removed = new ArrayList<>();
        for (Operation operation : new LinkedHashSet<>(operations)) {
            if (operation instanceof Operation.Add add) {
                add(changed, add.path(), add.value());
            } else if (operation instanceof Operation.Replace replace) {
                set(changed, replace.path(), replace.value());
            } else {
                removed.add(operation.path());
            }
        }
        removed.sort(IN_DOCUMENT.reversed());
        removed.forEach(path -> remove(changed, path));
        return changed;
    }

    /** Objects that are added to the same place by different edits become one. */
    private static void add(JsonNode document, String path, JsonNode value) {
        if (document.at(path) instanceof ObjectNode there && value instanceof ObjectNode more) {
            merge(there, more);
        } else if (path.endsWith("/-") && document.at(parent(path)) instanceof ArrayNode list) {
            for (JsonNode item : list) {
                if (item.equals(value)) {
                    return;
                }
            }
            list.add(value.deepCopy());
        } else {
            set(document, path, value);
        }
    }

    private static void merge(ObjectNode there, ObjectNode more) {
        for (Map.Entry<String, JsonNode> member : more.properties()) {
            if (there.get(member.getKey()) instanceof ObjectNode inner
                    && member.getValue() instanceof ObjectNode deeper) {
                merge(inner, deeper);
            } else if (there.get(member.getKey()) instanceof ArrayNode list
                    && member.getValue() instanceof ArrayNode items) {
                items.forEach(item -> addOnce(list, item));
            } else {
                there.set(member.getKey(), member.getValue().deepCopy());
            }
        }
    }

    private static void addOnce(ArrayNode list, JsonNode item) {
        for (JsonNode existing : list) {
            if (existing.equals(item)) {
                return;
            }
        }
        list.add(item.deepCopy());
    }

    private static void set(JsonNode document, String path, JsonNode value) {
        JsonNode holder = document.at(parent(path));
        String name = name(path);
        if (holder instanceof ObjectNode object) {
            object.set(name, value.deepCopy());
        } else if (holder instanceof ArrayNode list && isIndex(name) && Integer.parseInt(name) < list.size()) {
            list.set(Integer.parseInt(name), value.deepCopy());
        }
    }

    private static void remove(JsonNode document, String path) {
        JsonNode holder = document.at(parent(path));
        String name = name(path);
        if (holder instanceof ObjectNode object) {
            object.remove(name);
        } else if (holder instanceof ArrayNode list && isIndex(name) && Integer.parseInt(name) < list.size()) {
            list.remove(Integer.parseInt(name));
        }
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~");
    }

    private static boolean isIndex(String name) {
        return name.matches("[0-9]{1,9}");
    }

    private static int compare(String one, String other) {
        String[] way = one.split("/", -1);
        String[] otherWay = other.split("/", -1);
        for (int i = 0; i < Math.min(way.length, otherWay.length); i++) {
            int order = isIndex(way[i]) && isIndex(otherWay[i])
                    ? Integer.compare(Integer.parseInt(way[i]), Integer.parseInt(otherWay[i]))
                    : way[i].compareTo(otherWay[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(way.length, otherWay.length);
    }
}

package dev.bulkhead.app.admission.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON bytes into one tree, without recursion and within limits: no deeper than the API server itself allows, no
 * duplicate keys, no trailing content. What no rule reads and no patch touches is skipped: it makes up most of a usual
 * review, and building it would cost more than evaluating the rest.
 */
public final class ReviewReader {
    /** The depth that the API server decodes. */
    static final int MAX_DEPTH = 10_000;

    /**
     * More values than any ordinary review has: each takes far more memory than the two bytes it may consist of, and
     * memory must be bounded by the review's size.
     */
    public static final int MAX_VALUES = 1_000_000;

    /** Fields in which a replaced character could change a path, an image or a name that a rule would reject. */
    static final Set<String> CRUCIAL = Set.of(
            "spec",
            "containers",
            "initContainers",
            "ephemeralContainers",
            "volumes",
            "hostPath",
            "volumeMounts",
            "volumeDevices",
            "add",
            "drop",
            "sysctls",
            "seccompProfile",
            "appArmorProfile",
            "seLinuxOptions");

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonCursor json;

    /** The enclosing objects and lists, from the root on, and their names. */
    private final Deque<ContainerNode<?>> outer = new ArrayDeque<>();

    private final Deque<String> outerNames = new ArrayDeque<>();

    private int values;

    private ReviewReader(byte[] body) {
        this.json = new JsonCursor(body);
    }

    /**
     * The tree of a JSON object.
     *
     * @throws IOException when the bytes are not one JSON object within the bounds; the message names the place
     */
    public static ObjectNode read(byte[] body) throws IOException {
        return new ReviewReader(body).read();
    }

    private ObjectNode read() throws IOException {
        if (json.peek() != '{') {
            throw json.wrong("expected a JSON object");
        }
        json.advance();
        ObjectNode root = NODES.objectNode();
        ContainerNode<?> current = root;
        // The name of the enclosing member; items use the name of their list.
        String currentName = "";
        boolean first = true;
        while (true) {
            int next = json.peek();
            boolean object = current instanceof ObjectNode;
            if (next == (object ? '}' : ']')) {
                json.advance();
                if (outer.isEmpty()) {
                    break;
                }
                current = outer.pop();
                currentName = outerNames.pop();
                first = false;
                continue;
            }
            if (!first) {
                json.expect(',');
            }
            first = false;
            String name = object ? json.name() : null;
            next = json.peek();
            if (next != '{' && next != '[') {
                JsonNode value = scalar(next);
                if (value.isTextual()
                        && value.textValue().indexOf(Escapes.REPLACEMENT) >= 0
                        && CRUCIAL.contains(currentName)) {
                    throw json.wrong("a text with U+FFFD, perhaps not what is stored, among the " + currentName);
                }
                add(current, name, value);
            } else if (name != null && isSkipped(currentName, name)) {
                if (current.has(name)) {
                    throw json.wrong("a duplicate member");
                }
                SkippedValue.skip(json, outer.size() + 1, MAX_DEPTH);
            } else {
                ContainerNode<?> child = next == '{' ? NODES.objectNode() : NODES.arrayNode();
                json.advance();
                add(current, name, child);
                outer.push(current);
                outerNames.push(currentName);
                if (outer.size() >= MAX_DEPTH) {
                    throw json.wrong("more than " + MAX_DEPTH + " levels");
                }
                current = child;
                currentName = name == null ? currentName : name;
                first = true;
            }
        }
        if (json.peek() >= 0) {
            throw json.wrong("there is more after the end of the JSON object");
        }
        return root;
    }

    /** Whether an object or list is skipped, by its name and its parent's. */
    static boolean isSkipped(String holder, String name) {
        return switch (name) {
            case "managedFields" -> holder.equals("metadata");
            case "status" -> holder.equals("object") || holder.equals("oldObject");
            case "resource", "requestResource", "options" -> holder.equals("request");
            case "groups", "extra" -> holder.equals("userInfo");
            case "tolerations", "affinity", "topologySpreadConstraints" -> holder.equals("spec");
            case "resources" ->
                holder.equals("containers") || holder.equals("initContainers") || holder.equals("ephemeralContainers");
            // Only the Secret reference of valueFrom is read.
            case "configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef" -> holder.equals("valueFrom");
            default -> false;
        };
    }

    private void add(ContainerNode<?> holder, @Nullable String name, JsonNode value) throws IOException {
        if (++values > MAX_VALUES) {
            throw json.wrong("more than " + MAX_VALUES + " values");
        }
        if (name == null) {
            ((ArrayNode) holder).add(value);
        } else if (((ObjectNode) holder).replace(name, value) != null) {
            throw json.wrong("a duplicate member");
        }
    }

    private JsonNode scalar(int first) throws IOException {
        switch (first) {
            case '"' -> {
                return NODES.textNode(json.string());
            }
            case 't' -> {
                json.word("true");
                return NODES.booleanNode(true);
            }
            case 'f' -> {
                json.word("false");
                return NODES.booleanNode(false);
            }
            case 'n' -> {
                json.word("null");
                return NODES.nullNode();
            }
            default -> {
                return JsonNumber.read(json);
            }
        }
    }
}

package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exported mutating policy. Its variables are evaluated by the library; the expression that makes JSON Patch operations
 * of the additions has a type of the API server's own, and is evaluated only there.
 */
final class CelMutation {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, CelRuntime.Program> variables = new LinkedHashMap<>();

    CelMutation(MutatingPolicy policy) {
        policy.variables()
                .forEach(variable -> variables.put(variable.name(), CelPolicy.program(variable.expression())));
    }

    /** The object with what the policy adds, by the rules of JSON Patch. Nothing that is there is replaced. */
    ObjectNode apply(Request request) {
        ObjectNode patched = (ObjectNode) withoutNulls(request.object());
        for (Map<?, ?> addition : additions(request)) {
            add(patched, String.valueOf(addition.get("path")), JSON.valueToTree(addition.get("value")));
        }
        return patched;
    }

    private List<Map<?, ?>> additions(Request request) {
        Map<String, Object> input = CelPolicy.input(request);
        Map<String, Object> values = new HashMap<>();
        input.put("variables", values);
        variables.forEach((name, program) -> values.put(name, CelPolicy.eval(program, input)));
        List<Map<?, ?>> additions = new ArrayList<>();
        ((List<?>) values.getOrDefault(MutatingPolicy.ADDITIONS, List.of()))
                .forEach(addition -> additions.add((Map<?, ?>) addition));
        return additions;
    }

    private static void add(JsonNode document, String path, JsonNode value) {
        int last = path.lastIndexOf('/');
        JsonNode parent = document.at(path.substring(0, last));
        String name = path.substring(last + 1).replace("~1", "/").replace("~0", "~");
        if (parent instanceof ArrayNode list && name.equals("-")) {
            list.add(value);
        } else if (parent instanceof ObjectNode object) {
            if (object.has(name)) {
                throw new AssertionError(path + " holds " + object.get(name));
            }
            object.set(name, value);
        } else {
            throw new AssertionError(path + " has no parent in " + document);
        }
    }

    /** The API server drops null fields when it reads an object. */
    static JsonNode withoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.properties().forEach(member -> {
                if (!member.getValue().isNull()) {
                    copy.set(member.getKey(), withoutNulls(member.getValue()));
                }
            });
            return copy;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode copy = list.arrayNode();
            list.forEach(item -> copy.add(withoutNulls(item)));
            return copy;
        }
        return node;
    }
}

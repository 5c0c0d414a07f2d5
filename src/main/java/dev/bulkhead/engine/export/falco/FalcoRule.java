package dev.bulkhead.engine.export.falco;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A rule of Falco.
 *
 * @param enabled whether Falco applies it unless it is told to
 */
public record FalcoRule(
        String name,
        String description,
        String condition,
        String output,
        String priority,
        List<String> tags,
        boolean enabled,
        List<FalcoException> exceptions) {
    public FalcoRule {
        tags = List.copyOf(tags);
        exceptions = List.copyOf(exceptions);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("rule", name).put("desc", description).put("condition", condition);
        json.put("output", output).put("priority", priority);
        tags.forEach(json.putArray("tags")::add);
        if (!enabled) {
            json.put("enabled", false);
        }
        if (!exceptions.isEmpty()) {
            exceptions.forEach(exception -> json.withArray("exceptions").add(exception.json()));
        }
        return json;
    }
}

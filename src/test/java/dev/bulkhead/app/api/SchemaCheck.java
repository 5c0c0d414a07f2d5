package dev.bulkhead.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares values with schemas of an OpenAPI document, as far as these say: types, required members, values that are
 * listed, and no member that is not described.
 */
public record SchemaCheck(JsonNode schemas, List<String> differences) {
    public void check(JsonNode value, JsonNode schema, String place) {
        if (schema.has("$ref")) {
            check(value, schemas.get(schema.get("$ref").asText().replaceFirst(".*/", "")), place);
            return;
        }
        checkType(value, schema, place);
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            differences.add(place + ": " + value + " is none of " + schema.get("enum"));
        }
        if (value.isArray() && schema.has("items")) {
            value.forEach(item -> check(item, schema.get("items"), place + "[]"));
        }
        if (value.isObject() && schema.has("properties")) {
            checkMembers(value, schema, place);
        } else if (value.isObject() && schema.path("additionalProperties").isObject()) {
            value.forEach(member -> check(member, schema.get("additionalProperties"), place + ".*"));
        }
    }

    private void checkMembers(JsonNode value, JsonNode schema, String place) {
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                differences.add(place + ": " + name.asText() + " is missing");
            }
        });
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            JsonNode described = schema.get("properties").path(member.getKey());
            if (described.isMissingNode()) {
                differences.add(place + ": " + member.getKey() + " is not described");
            } else {
                check(member.getValue(), described, place + "." + member.getKey());
            }
        }
    }

    private void checkType(JsonNode value, JsonNode schema, String place) {
        Set<String> types = new HashSet<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.asText());
        }
        type.forEach(one -> types.add(one.asText()));
        String found = switch (value.getNodeType()) {
            case NUMBER -> "integer";
            default -> value.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
        };
        if (!types.isEmpty() && !types.contains(found)) {
            differences.add(place + ": is a " + found + ", not a " + types);
        }
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode one : values) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }
}

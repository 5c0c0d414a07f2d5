package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.Namespace;
import java.time.Instant;

/** What the API server hands to the expressions of a policy. */
record Request(JsonNode object, JsonNode oldObject, ObjectNode request, ObjectNode namespace) {
    /** The creation of an object before the API server has written the time into it. */
    static Request arriving(JsonNode object, Namespace namespace, String user) {
        return of("CREATE", object, JsonNodeFactory.instance.objectNode(), namespace, user);
    }

    /** The creation of an object at that time. */
    static Request creating(JsonNode object, Namespace namespace, String user, Instant now) {
        ObjectNode created = object.deepCopy();
        ((ObjectNode) created.get("metadata")).put("creationTimestamp", now.toString());
        return of("CREATE", created, JsonNodeFactory.instance.objectNode(), namespace, user);
    }

    /** The update of an object that was created at that time. */
    static Request updating(JsonNode before, JsonNode after, Namespace namespace, String user, Instant created) {
        ObjectNode stored = before.deepCopy();
        ((ObjectNode) stored.get("metadata")).put("creationTimestamp", created.toString());
        ObjectNode updated = after.deepCopy();
        ((ObjectNode) updated.get("metadata")).put("creationTimestamp", created.toString());
        return of("UPDATE", updated, stored, namespace, user);
    }

    private static Request of(String operation, JsonNode object, JsonNode before, Namespace namespace, String user) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("operation", operation).put("namespace", namespace.name());
        request.putObject("kind").put("kind", object.path("kind").asText());
        request.putObject("userInfo").put("username", user);
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        ObjectNode labels =
                metadata.putObject("metadata").put("name", namespace.name()).putObject("labels");
        namespace.labels().forEach(labels::put);
        return new Request(object, before, request, metadata);
    }
}

package dev.bulkhead.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The webhooks in a webhook configuration, told apart by their names. */
final class Webhooks {
    private Webhooks() {}

    /** How the webhooks differ from those that are wanted, each in a sentence's part. */
    static List<String> differences(JsonNode wanted, JsonNode there) {
        List<String> differences = new ArrayList<>();
        Map<String, JsonNode> wantedByName = byName(wanted);
        Map<String, JsonNode> thereByName = byName(there);
        thereByName.keySet().stream()
                .filter(webhook -> !wantedByName.containsKey(webhook))
                .forEach(webhook -> differences.add("there is a webhook " + webhook + " too many"));
        wantedByName.forEach((webhook, want) -> {
            JsonNode is = thereByName.get(webhook);
            if (is == null) {
                differences.add("webhook " + webhook + " is missing");
            } else {
                fields(want, is).forEach(field -> differences.add(difference(webhook, field, want, is)));
            }
        });
        return List.copyOf(differences);
    }

    private static Map<String, JsonNode> byName(JsonNode configuration) {
        Map<String, JsonNode> webhooks = new TreeMap<>();
        for (JsonNode webhook : configuration.path("webhooks")) {
            webhooks.put(webhook.path("name").asText(), webhook);
        }
        return webhooks;
    }

    private static List<String> fields(JsonNode want, JsonNode is) {
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode side : List.of(want, is)) {
            for (Iterator<String> it = side.fieldNames(); it.hasNext(); ) {
                names.add(it.next());
            }
        }
        return names.stream()
                .filter(name -> !want.path(name).equals(is.path(name)))
                .toList();
    }

    private static String difference(String webhook, String field, JsonNode want, JsonNode is) {
        JsonNode was = want.path(field);
        JsonNode now = is.path(field);
        String what = "webhook " + webhook + ": " + field;
        return was.isValueNode() && now.isValueNode()
                ? what + " is " + now.asText() + ", installed as " + was.asText()
                : what + " is not as installed";
    }

    /** What is there with the webhooks that were installed. Whom these trust is not the installer's to say, mostly. */
    static ObjectNode restored(ObjectNode expected, ObjectNode there) {
        ObjectNode webhooks = expected.deepCopy();
        Map<String, JsonNode> present = byName(there);
        for (JsonNode webhook : webhooks.path("webhooks")) {
            ObjectNode clientConfig = ((ObjectNode) webhook).withObjectProperty("clientConfig");
            JsonNode now = present.getOrDefault(webhook.path("name").asText(), webhook);
            if (!clientConfig.hasNonNull("caBundle")
                    && now.at("/clientConfig/caBundle").isTextual()) {
                clientConfig.set("caBundle", now.at("/clientConfig/caBundle"));
            }
        }
        there.set("webhooks", webhooks.path("webhooks"));
        return there;
    }
}

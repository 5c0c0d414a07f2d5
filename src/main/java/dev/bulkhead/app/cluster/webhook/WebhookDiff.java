package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Compares and edits the webhooks of a configuration, which are identified by name. */
public final class WebhookDiff {
    private static final String FAILURE_POLICY = "failurePolicy";
    private static final String RULES = "rules";
    static final String FAIL = "Fail";
    static final String IGNORE = "Ignore";

    private WebhookDiff() {}

    /** How the webhooks differ from the wanted ones, each a phrase. */
    public static List<String> differences(JsonNode wanted, JsonNode there) {
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
                .filter(name -> !same(want.path(name), is.path(name)))
                .toList();
    }

    /** Empty and absent are the same. */
    private static boolean same(JsonNode one, JsonNode other) {
        return one.equals(other) || (one.isEmpty() && other.isEmpty() && !one.isValueNode() && !other.isValueNode());
    }

    private static String difference(String webhook, String field, JsonNode want, JsonNode is) {
        JsonNode was = want.path(field);
        JsonNode now = is.path(field);
        String what = "webhook " + webhook + ": " + field;
        return was.isValueNode() && now.isValueNode()
                ? what + " is " + now.asText() + ", installed as " + was.asText()
                : what + " is not as installed";
    }

    /**
     * The actual configuration with the installed webhooks. Their CA bundle is kept unless the installer set one, and
     * so is {@code failurePolicy} where it was left to Bulkhead.
     *
     * @param withCondition whether the condition that is made of the policies is kept too
     */
    public static ObjectNode restored(ObjectNode expected, ObjectNode there, boolean withCondition) {
        ObjectNode webhooks = expected.deepCopy();
        Map<String, JsonNode> present = byName(there);
        for (JsonNode webhook : webhooks.path("webhooks")) {
            ObjectNode clientConfig = ((ObjectNode) webhook).withObjectProperty("clientConfig");
            JsonNode now = present.getOrDefault(webhook.path("name").asText(), webhook);
            if (!clientConfig.hasNonNull("caBundle")
                    && now.at("/clientConfig/caBundle").isTextual()) {
                clientConfig.set("caBundle", now.at("/clientConfig/caBundle"));
            }
            if (withCondition) {
                WebhookConditions.keep((ObjectNode) webhook, now);
            }
            if (!webhook.hasNonNull(FAILURE_POLICY)) {
                ((ObjectNode) webhook)
                        .put(FAILURE_POLICY, now.path(FAILURE_POLICY).asText(IGNORE));
            }
        }
        there.set("webhooks", webhooks.path("webhooks"));
        return there;
    }

    /** Whether there is a webhook without rules. */
    static boolean hasAnyWithoutRules(JsonNode there) {
        return stream(there).anyMatch(webhook -> webhook.path(RULES).isEmpty());
    }

    /** The names of the webhooks whose failure policy was left to Bulkhead and is this one. */
    public static List<String> leftToBulkhead(ObjectNode expected, JsonNode there, String failurePolicy) {
        Map<String, JsonNode> wanted = byName(expected);
        return stream(there)
                .filter(webhook -> isLeftToBulkhead(wanted, webhook)
                        && webhook.path(FAILURE_POLICY).asText().equals(failurePolicy))
                .map(webhook -> webhook.path("name").asText())
                .toList();
    }

    /**
     * The actual configuration with the installed rules where there are none yet, and with the failure policy that
     * goes with them.
     *
     * @param enforces whether a policy in force enforces
     */
    static ObjectNode inForce(ObjectNode expected, ObjectNode there, boolean enforces) {
        Map<String, JsonNode> wanted = byName(expected);
        stream(there).map(ObjectNode.class::cast).forEach(webhook -> {
            JsonNode want = wanted.getOrDefault(webhook.path("name").asText(), webhook);
            boolean begins = webhook.path(RULES).isEmpty() && !want.path(RULES).isEmpty();
            if (begins) {
                webhook.set(RULES, want.path(RULES));
                webhook.put(FAILURE_POLICY, want.path(FAILURE_POLICY).asText(IGNORE));
            }
            if (enforces && isLeftToBulkhead(wanted, webhook)) {
                webhook.put(FAILURE_POLICY, FAIL);
            }
        });
        return there;
    }

    /** The actual configuration with {@code Ignore} where the failure policy was left to Bulkhead. */
    static ObjectNode opened(ObjectNode expected, ObjectNode there) {
        Map<String, JsonNode> wanted = byName(expected);
        stream(there)
                .filter(webhook -> isLeftToBulkhead(wanted, webhook))
                .forEach(webhook -> ((ObjectNode) webhook).put(FAILURE_POLICY, IGNORE));
        return there;
    }

    private static boolean isLeftToBulkhead(Map<String, JsonNode> wanted, JsonNode webhook) {
        JsonNode want = wanted.get(webhook.path("name").asText());
        return want != null && !want.hasNonNull(FAILURE_POLICY);
    }

    /**
     * The fields of webhooks that are edited, as {@code WEBHOOK/FIELD}, with their new values; null for those that are
     * removed.
     */
    static Map<String, JsonNode> changes(JsonNode there, JsonNode edited) {
        Map<String, JsonNode> before = byName(there);
        Map<String, JsonNode> after = byName(edited);
        Map<String, JsonNode> changes = new TreeMap<>();
        for (String name : union(before.keySet(), after.keySet())) {
            JsonNode was = before.getOrDefault(name, MissingNode.getInstance());
            JsonNode is = after.getOrDefault(name, MissingNode.getInstance());
            fields(is, was).forEach(field -> changes.put(name + "/" + field, is.path(field)));
        }
        return changes;
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Stream<JsonNode> stream(JsonNode configuration) {
        return StreamSupport.stream(configuration.path("webhooks").spliterator(), false);
    }
}

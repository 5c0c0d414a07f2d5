package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.export.MutateCondition;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The conditions of webhooks: those that were installed, and in one webhook the one that is made of the policies. */
public final class WebhookConditions {
    /** The webhook for namespaces without labels of Bulkhead's own. */
    public static final String WEBHOOK = "mutate.bulkhead.dev";

    private static final String CONDITIONS = "matchConditions";

    private WebhookConditions() {}

    /** The configuration with that condition besides others; without one of its name if it is empty. */
    public static ObjectNode with(ObjectNode configuration, Optional<String> expression) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            if (webhook.path("name").asText().equals(WEBHOOK)) {
                JsonNode before = webhook.path(CONDITIONS);
                set((ObjectNode) webhook, with(before, expression));
            }
        }
        return configuration;
    }

    private static ArrayNode with(JsonNode before, Optional<String> expression) {
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        Optional<String> missing = expression;
        for (JsonNode condition : before) {
            if (!isMade(condition)) {
                conditions.add(condition);
            } else if (missing.isPresent()) {
                conditions.add(made(missing.get()));
                missing = Optional.empty();
            }
        }
        missing.ifPresent(text -> conditions.add(made(text)));
        return conditions;
    }

    private static ObjectNode made(String expression) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("expression", expression)
                .put("name", MutateCondition.NAME);
    }

    private static boolean isMade(JsonNode condition) {
        return condition.path("name").asText().equals(MutateCondition.NAME);
    }

    private static void set(ObjectNode webhook, ArrayNode conditions) {
        if (conditions.isEmpty()) {
            webhook.remove(CONDITIONS);
        } else {
            webhook.set(CONDITIONS, conditions);
        }
    }

    /**
     * Gives the installed webhook the made condition of the actual one. The order of conditions means nothing, so that the
     * actual one is kept where there are no others.
     */
    static void keep(ObjectNode installed, JsonNode actual) {
        if (!installed.path("name").asText().equals(WEBHOOK)) {
            return;
        }
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        installed.path(CONDITIONS).forEach(kept::add);
        for (JsonNode condition : actual.path(CONDITIONS)) {
            if (isMade(condition)) {
                kept.add(condition);
            }
        }
        boolean same = actual.path(CONDITIONS) instanceof ArrayNode there
                && setOf(there).equals(setOf(kept));
        set(installed, same ? actual.path(CONDITIONS).deepCopy() : kept);
    }

    private static Set<JsonNode> setOf(JsonNode conditions) {
        Set<JsonNode> set = new HashSet<>();
        conditions.forEach(set::add);
        return set;
    }
}

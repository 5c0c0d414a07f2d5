package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;

/** The webhooks for workloads, by name. */
public final class Webhooks {
    public static final String MUTATE = "mutate.bulkhead.dev";
    public static final String VALIDATE = WorkloadScope.WEBHOOK;

    private Webhooks() {}

    /** Whether a webhook for workloads has no rules, as it may be installed; other webhooks always have theirs. */
    public static boolean isPending(JsonNode webhook) {
        String name = webhook.path("name").asText();
        return (name.equals(MUTATE) || name.equals(VALIDATE))
                && webhook.path("rules").isEmpty();
    }
}

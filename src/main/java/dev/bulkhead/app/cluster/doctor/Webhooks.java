package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;

/** The webhooks for workloads, by name. */
public final class Webhooks {
    public static final String MUTATE = "mutate.bulkhead.dev";
    public static final String VALIDATE = "validate.bulkhead.dev";

    private Webhooks() {}

    /** Whether a webhook was installed without its rules and still has none. */
    public static boolean isPending(JsonNode webhook) {
        return webhook.path("rules").isEmpty();
    }
}

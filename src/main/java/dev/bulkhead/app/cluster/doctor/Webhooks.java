package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.webhook.WebhookConditions;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import java.util.Set;

/** The webhooks for workloads, by name. */
public final class Webhooks {
    public static final String MUTATE = WebhookConditions.WEBHOOK;
    public static final String VALIDATE = WorkloadScope.WEBHOOK;

    /** Those for namespaces with labels of Bulkhead's own, where calls are spared in others. */
    private static final Set<String> LABELLED = Set.of("mutate-profile.bulkhead.dev", "mutate-mode.bulkhead.dev");

    private Webhooks() {}

    /** Whether a webhook for workloads has no rules, as it may be installed; other webhooks always have theirs. */
    public static boolean isPending(JsonNode webhook) {
        String name = webhook.path("name").asText();
        return (name.equals(MUTATE) || name.equals(VALIDATE) || LABELLED.contains(name))
                && webhook.path("rules").isEmpty();
    }
}

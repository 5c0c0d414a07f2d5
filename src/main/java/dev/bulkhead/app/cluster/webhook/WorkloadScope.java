package dev.bulkhead.app.cluster.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The workloads that the webhook is installed for.
 *
 * @param excludedNamespaces by name
 * @param conditions CEL expressions with their names, all of which a workload must meet
 */
public record WorkloadScope(Set<String> excludedNamespaces, List<Condition> conditions) {
    /** The validating webhook for workloads. */
    public static final String WEBHOOK = "validate.bulkhead.dev";

    /** A condition of the webhook. */
    public record Condition(String name, String expression) {}

    public WorkloadScope {
        excludedNamespaces = ImmutableCopies.of(new TreeSet<>(excludedNamespaces));
        conditions = List.copyOf(conditions);
    }

    /** That of the validating webhook configuration; empty if it has no webhook for workloads. */
    public static Optional<WorkloadScope> of(JsonNode configuration) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            if (webhook.path("name").asText().equals(WEBHOOK)) {
                return Optional.of(ofWebhook(webhook));
            }
        }
        return Optional.empty();
    }

    private static WorkloadScope ofWebhook(JsonNode webhook) {
        Set<String> excluded = new TreeSet<>();
        for (JsonNode expression : webhook.at("/namespaceSelector/matchExpressions")) {
            if (expression.path("key").asText().equals(Namespace.NAME_LABEL)
                    && expression.path("operator").asText().equals("NotIn")) {
                expression.path("values").forEach(name -> excluded.add(name.asText()));
            }
        }
        List<Condition> conditions = new ArrayList<>();
        for (JsonNode condition : webhook.path("matchConditions")) {
            conditions.add(new Condition(
                    condition.path("name").asText(),
                    condition.path("expression").asText()));
        }
        return new WorkloadScope(excluded, conditions);
    }
}

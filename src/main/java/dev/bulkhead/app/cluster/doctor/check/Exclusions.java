package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import dev.bulkhead.engine.policy.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the API server does not ask the webhook about. */
final class Exclusions implements Check {
    @Override
    public String id() {
        return "exclusions";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<JsonNode> webhook = facts.webhook(Source.VALIDATING, Webhooks.VALIDATE);
        if (webhook.isEmpty()) {
            return Answer.problem("there is no webhook: everything is excluded", "see the check webhooks");
        }
        Set<String> named = new TreeSet<>(facts.excludedNamespaces());
        named.removeAll(List.of("kube-system", facts.place().home()));
        List<String> exclusions = new ArrayList<>();
        if (!named.isEmpty()) {
            exclusions.add("namespaces " + Listed.of(named));
        }
        addSelector(webhook.get().path("namespaceSelector"), "namespaces", exclusions);
        addSelector(webhook.get().path("objectSelector"), "objects", exclusions);
        for (JsonNode condition : webhook.get().path("matchConditions")) {
            exclusions.add(
                    "what does not meet the condition " + condition.path("name").asText());
        }
        return exclusions.isEmpty()
                ? Answer.ok("only kube-system and " + facts.place().home() + " are excluded")
                : Answer.warning(
                        "not checked besides kube-system and " + facts.place().home() + ": "
                                + String.join("; ", exclusions),
                        "keep this list short: excludedNamespaces and matchConditions in the chart's values");
    }

    private static void addSelector(JsonNode selector, String what, List<String> exclusions) {
        for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
            exclusions.add(what + " without label " + label.getKey() + "="
                    + label.getValue().asText());
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            String operator = expression.path("operator").asText();
            if (!key.equals(Namespace.NAME_LABEL) || !operator.equals("NotIn")) {
                Set<String> values = new TreeSet<>();
                expression.path("values").forEach(value -> values.add(value.asText()));
                exclusions.add(what + " by label, unless " + key + " " + operator
                        + (values.isEmpty() ? "" : " (" + Listed.of(values) + ")"));
            }
        }
    }
}

package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import dev.bulkhead.engine.export.MutateCondition;
import java.util.Set;
import java.util.TreeSet;

/** Webhooks that change pods after Bulkhead did. */
final class OtherWebhooks implements Check {
    @Override
    public String id() {
        return "other-webhooks";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String own = facts.place().name();
        Set<String> later = new TreeSet<>();
        for (JsonNode configuration : facts.all(Source.ALL_MUTATING)) {
            String name = configuration.at("/metadata/name").asText();
            if (name.compareTo(own) > 0 && changesPods(configuration)) {
                later.add(name);
            }
        }
        if (later.isEmpty()) {
            return Answer.ok("none changes pods after Bulkhead");
        }
        if (facts.place().sparesCalls() && !hasCondition(facts)) {
            return Answer.warning(
                    "no call of /mutate is spared, because these may change pods after Bulkhead: " + Listed.of(later),
                    "name those that add no containers and change no securityContext in webhooks.harmless");
        }
        boolean again = facts.webhook(Source.MUTATING, Webhooks.MUTATE)
                .filter(webhook -> webhook.path("reinvocationPolicy").asText().equals("IfNeeded"))
                .isPresent();
        return again
                ? Answer.ok("Bulkhead is called again after those that change pods later: " + Listed.of(later))
                : Answer.warning(
                        "what these add to pods is not hardened, but denied: " + Listed.of(later),
                        "the webhook " + Webhooks.MUTATE + " needs reinvocationPolicy: IfNeeded, as the chart sets it");
    }

    private static boolean hasCondition(Facts facts) throws UnreadableException {
        return facts.webhook(Source.MUTATING, Webhooks.MUTATE)
                .filter(webhook ->
                        webhook.path("matchConditions").findValuesAsText("name").contains(MutateCondition.NAME))
                .isPresent();
    }

    private static boolean changesPods(JsonNode configuration) {
        for (JsonNode webhook : configuration.path("webhooks")) {
            for (JsonNode rule : webhook.path("rules")) {
                if (contains(rule.path("apiGroups"), "")
                        && contains(rule.path("resources"), "pods")
                        && contains(rule.path("operations"), "CREATE")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean contains(JsonNode values, String wanted) {
        for (JsonNode value : values) {
            String text = value.asText();
            if (text.equals(wanted) || text.equals("*") || text.equals("*/*")) {
                return true;
            }
        }
        return false;
    }
}

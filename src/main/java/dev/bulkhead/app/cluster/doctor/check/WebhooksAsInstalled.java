package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.InstalledRecord;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import dev.bulkhead.app.cluster.webhook.WebhookDiff;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The webhook configurations are as the installer recorded them. */
final class WebhooksAsInstalled implements Check {
    @Override
    public String id() {
        return "webhooks-as-installed";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        InstalledRecord installed = InstalledRecord.of(facts);
        String name = facts.place().name();
        if (installed.configurations().isEmpty()) {
            return Answer.warning(
                    "the ConfigMap " + name
                            + " does not record how the webhooks were installed, so that changes to them"
                            + " are neither reported nor reverted",
                    "restore it: helm upgrade " + name);
        }
        List<String> differences = new ArrayList<>();
        for (Source source : List.of(Source.MUTATING, Source.VALIDATING)) {
            for (JsonNode actual : facts.all(source)) {
                installed
                        .of(actual.path("kind").asText())
                        .ifPresent(expected -> differences.addAll(
                                differences(expected, actual, facts.place().sparesCalls())));
            }
        }
        return differences.isEmpty()
                ? Answer.ok("they are as installed")
                : Answer.problem(
                        String.join("; ", differences),
                        "the leader reverts edits within seconds, unless webhooks.repair is none or another controller"
                                + " keeps undoing that: kubectl -n "
                                + facts.place().home() + " get events");
    }

    /** That webhooks for workloads have no rules yet is reported by another check; the rest of them is compared. */
    private static List<String> differences(ObjectNode expected, JsonNode actual, boolean sparesCalls) {
        Set<String> pending = new HashSet<>();
        for (JsonNode webhook : actual.path("webhooks")) {
            if (Webhooks.isPending(webhook)) {
                pending.add(webhook.path("name").asText());
            }
        }
        ObjectNode wanted = WebhookDiff.restored(expected, actual.deepCopy(), sparesCalls);
        for (JsonNode webhook : wanted.path("webhooks")) {
            if (pending.contains(webhook.path("name").asText())) {
                ((ObjectNode) webhook).remove("rules");
            }
        }
        return WebhookDiff.differences(wanted, actual);
    }
}

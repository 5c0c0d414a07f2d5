package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The webhook configurations exist, with the webhooks for workloads and their rules. */
final class WebhooksPresent implements Check {
    @Override
    public String id() {
        return "webhooks";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String name = facts.place().name();
        List<String> missing = new ArrayList<>();
        List<String> pending = new ArrayList<>();
        look(facts, Source.VALIDATING, Webhooks.VALIDATE, missing, pending);
        look(facts, Source.MUTATING, Webhooks.MUTATE, missing, pending);
        if (missing.contains(Webhooks.VALIDATE)) {
            return Answer.problem(
                    "the webhook " + Webhooks.VALIDATE + " of ValidatingWebhookConfiguration " + name
                            + " is missing: nothing is enforced",
                    "if it was not deleted on purpose, restore it: helm upgrade " + name);
        }
        if (!missing.isEmpty()) {
            return Answer.problem(
                    "the webhook " + Webhooks.MUTATE + " of MutatingWebhookConfiguration " + name
                            + " is missing: pods are not hardened, but denied",
                    "restore it: helm upgrade " + name);
        }
        if (!pending.isEmpty()) {
            return Answer.problem(
                    Listed.of(pending)
                            + " has no rules yet, so that the API server does not call it: nothing is enforced",
                    "the leader adds them once the API server reaches a ready replica; its log says what is missing");
        }
        return Answer.ok("both webhook configurations call Bulkhead");
    }

    private static void look(Facts facts, Source configuration, String name, List<String> missing, List<String> pending)
            throws UnreadableException {
        Optional<JsonNode> webhook = facts.webhook(configuration, name);
        if (webhook.isEmpty()) {
            missing.add(name);
        } else if (Webhooks.isPending(webhook.get())) {
            pending.add(name);
        }
    }
}

package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.InstalledRecord;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import java.util.stream.StreamSupport;

/** What happens to workloads while no replica answers. */
final class FailurePolicy implements Check {
    @Override
    public String id() {
        return "failure-policy";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String policy = facts.webhook(Source.VALIDATING, Webhooks.VALIDATE)
                .map(webhook -> webhook.path("failurePolicy").asText("Fail"))
                .orElse("");
        if (policy.isEmpty()) {
            return Answer.problem("there is no webhook, and so no failure policy", "see the check webhooks");
        }
        boolean chosen = isChosen(InstalledRecord.of(facts));
        boolean enforces = facts.enforces();
        boolean fails = policy.equals("Fail");
        if (enforces && !fails) {
            return chosen
                    ? Answer.warning(
                            "it is Ignore, as installed: while no replica answers, workloads are admitted unchecked",
                            "set failurePolicy: auto in the chart's values, if that is not wanted")
                    : Answer.problem(
                            "it is Ignore although a policy enforces: while no replica answers, workloads are admitted"
                                    + " unchecked",
                            "the leader sets Fail once the API server reaches a replica; its log says what prevents that");
        }
        if (!enforces && fails && !chosen) {
            return Answer.warning(
                    "it is Fail although no policy enforces: while no replica answers, pods are rejected",
                    "the leader sets Ignore after a minute; its log says what prevents that");
        }
        return Answer.ok(
                fails
                        ? "it is Fail: while no replica answers, workloads are rejected"
                        : "it is Ignore, since no policy enforces");
    }

    private static boolean isChosen(InstalledRecord installed) {
        return installed.of("ValidatingWebhookConfiguration").stream()
                .flatMap(configuration ->
                        StreamSupport.stream(configuration.path("webhooks").spliterator(), false))
                .anyMatch(webhook ->
                        webhook.path("name").asText().equals(Webhooks.VALIDATE) && webhook.hasNonNull("failurePolicy"));
    }
}

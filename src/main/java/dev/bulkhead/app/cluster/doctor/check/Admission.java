package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.DryRun;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import dev.bulkhead.app.cluster.doctor.Webhooks;
import java.util.Optional;

/** The API server calls the webhook for a pod, and does what it answers. */
final class Admission implements Check {
    @Override
    public String id() {
        return "admission";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<JsonNode> tried = facts.one(Source.DRY_RUN);
        if (tried.isEmpty()) {
            return Answer.ok("not tried, since no namespace has a policy that denies or hardens a pod");
        }
        DryRun run = DryRun.of(tried.get());
        String where = " in a dry run in namespace " + run.namespace();
        if (run.refusal().contains("failed calling webhook")) {
            return Answer.problem(
                    "the API server does not get an answer" + where + ": " + run.refusal(),
                    "look at the checks of replicas and certificates, and at what is between the API server and"
                            + " the pods: docs/install.md");
        }
        boolean byBulkhead = run.refusal().contains(Webhooks.VALIDATE);
        if (!run.refusal().isEmpty() && !byBulkhead) {
            return Answer.unknown(
                    "another admission check refused the careless pod" + where + ": " + run.refusal(),
                    "try kubectl run --dry-run=server in another namespace");
        }
        return switch (run.expected()) {
            case HARDENED ->
                run.hardened()
                        ? Answer.ok("a careless pod was hardened" + where)
                        : Answer.problem(
                                "a careless pod was " + (byBulkhead ? "denied instead of hardened" : "not hardened")
                                        + where,
                                byBulkhead
                                        ? "the mutating webhook is not called: look at the checks of webhooks and certificates"
                                        : "the API server does not reach the webhook: look at the checks of replicas and"
                                                + " certificates");
            case DENIED ->
                byBulkhead || run.hardened()
                        ? Answer.ok("a careless pod was " + (byBulkhead ? "denied" : "hardened") + where)
                        : Answer.problem(
                                "a careless pod was not denied" + where,
                                "the API server does not reach the webhook: look at the checks of replicas and certificates");
            case WARNED, PASSED -> Answer.ok("nothing is expected" + where);
        };
    }
}

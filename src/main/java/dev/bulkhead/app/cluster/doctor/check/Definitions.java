package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;

/** The API server knows policies and exemptions. */
final class Definitions implements Check {
    @Override
    public String id() {
        return "definitions";
    }

    private static final int KINDS = 2;

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        long established = facts.all(Source.DEFINITIONS).stream()
                .filter(Definitions::isEstablished)
                .count();
        return established == KINDS
                ? Answer.ok("policies and exemptions are established")
                : Answer.problem(
                        "a CustomResourceDefinition of bulkhead.dev is missing or not established: policies and exemptions"
                                + " cannot be read, and replicas do not become ready",
                        "restore it: helm upgrade " + facts.place().name());
    }

    private static boolean isEstablished(JsonNode definition) {
        for (JsonNode condition : definition.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Established")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }
}

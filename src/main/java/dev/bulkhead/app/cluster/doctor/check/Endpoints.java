package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;

/** The Service leads to a ready replica. */
final class Endpoints implements Check {
    @Override
    public String id() {
        return "endpoints";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        String name = facts.place().name();
        if (facts.one(Source.SERVICE).isEmpty()) {
            return Answer.problem(
                    "the Service " + name + " is missing: the API server cannot call", "helm upgrade " + name);
        }
        int ready = 0;
        for (JsonNode slice : facts.all(Source.ENDPOINTS)) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (endpoint.at("/conditions/ready").asBoolean(true)) {
                    ready += endpoint.path("addresses").size();
                }
            }
        }
        return ready == 0
                ? Answer.problem(
                        "the Service " + name + " has no ready endpoint: the API server gets no answer",
                        "see the check replicas; the Service's selector must match the pods")
                : Answer.ok("the Service has " + ready + " ready " + (ready == 1 ? "endpoint" : "endpoints"));
    }
}

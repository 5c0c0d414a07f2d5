package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.Set;
import java.util.TreeSet;

/** The webhook's account may do what it has to. */
final class Rights implements Check {
    @Override
    public String id() {
        return "rights";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Set<String> refused = new TreeSet<>();
        for (JsonNode review : facts.all(Source.RIGHTS)) {
            if (!review.at("/status/allowed").asBoolean()) {
                refused.add(right(review.at("/spec/resourceAttributes")));
            }
        }
        String account = "system:serviceaccount:" + facts.place().home() + ":"
                + facts.place().account();
        return refused.isEmpty()
                ? Answer.ok("its account may do all that it has to")
                : Answer.problem(
                        account + " may not " + Listed.of(refused),
                        "restore the chart's roles and bindings: helm upgrade "
                                + facts.place().name());
    }

    private static String right(JsonNode attributes) {
        String subresource = attributes.path("subresource").asText();
        String group = attributes.path("group").asText();
        return attributes.path("verb").asText() + " "
                + attributes.path("resource").asText()
                + (group.isEmpty() ? "" : "." + group)
                + (subresource.isEmpty() ? "" : "/" + subresource);
    }
}

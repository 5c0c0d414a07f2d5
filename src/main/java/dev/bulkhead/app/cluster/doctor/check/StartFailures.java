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

/** Pods that do not start because of what was filled in. */
final class StartFailures implements Check {
    @Override
    public String id() {
        return "start-failures";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Set<String> workloads = new TreeSet<>();
        for (JsonNode event : facts.all(Source.START_FAILURES)) {
            JsonNode object = event.path("involvedObject");
            workloads.add(object.path("namespace").asText() + "/"
                    + object.path("kind").asText() + "/" + object.path("name").asText());
        }
        return workloads.isEmpty()
                ? Answer.ok("no pod was reported that does not start because of what was filled in")
                : Answer.warning(
                        "pods did not start because of what was filled in: " + Listed.of(workloads),
                        "kubectl get events -A --field-selector reason=HardenedPodDoesNotStart says what helps");
    }
}

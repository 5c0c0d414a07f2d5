package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.Optional;

/** The process that scans what runs. */
final class Console implements Check {
    @Override
    public String id() {
        return "console";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        Optional<JsonNode> deployment = facts.one(Source.CONSOLE);
        if (deployment.isEmpty()) {
            return Answer.ok("not installed: what runs is not scanned");
        }
        String lost = "what runs is not scanned, and pods that do not start are not reported";
        if (deployment.get().at("/spec/replicas").asInt(1) == 0) {
            return Answer.warning(
                    "it is scaled to 0: " + lost,
                    "kubectl -n " + facts.place().home() + " scale --replicas=1 deployment/"
                            + deployment.get().at("/metadata/name").asText());
        }
        return deployment.get().at("/status/readyReplicas").asInt(0) == 0
                ? Answer.warning(
                        "it is not ready: " + lost,
                        "kubectl -n " + facts.place().home()
                                + " describe pods -l app.kubernetes.io/name=bulkhead-console")
                : Answer.ok("it is ready");
    }
}

package dev.bulkhead.app.cluster.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Listed;
import dev.bulkhead.app.cluster.doctor.Pods;
import dev.bulkhead.app.cluster.doctor.UnreadableException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The replicas do not all run on one node. */
final class Spread implements Check {
    @Override
    public String id() {
        return "spread";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        List<JsonNode> ready = Pods.ready(facts);
        Set<String> nodes =
                ready.stream().map(pod -> pod.at("/spec/nodeName").asText()).collect(Collectors.toSet());
        if (ready.size() > 1 && nodes.size() == 1) {
            return Answer.warning(
                    "all replicas run on node " + Listed.of(nodes) + " and fail with it",
                    "delete one of the pods once another node has room");
        }
        return Answer.ok("the ready replicas run on " + nodes.size() + (nodes.size() == 1 ? " node" : " nodes"));
    }
}

package dev.bulkhead.app.cluster.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The pods of the replicas. */
public final class Pods {
    private Pods() {}

    /** Those that are ready. */
    public static List<JsonNode> ready(Facts facts) throws UnreadableException {
        return facts.all(Source.PODS).stream().filter(Pods::isReady).toList();
    }

    private static boolean isReady(JsonNode pod) {
        for (JsonNode condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }
}

package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Volume;
import dev.bulkhead.engine.workload.Workload;

/**
 * What the API server fills in before anyone evaluates a pod, where a verdict depends on it. A pod in a request has it
 * already. Manifests come without it, and so do pod templates: the API server completes the pods made of them.
 */
final class ApiServerDefaults {
    private ApiServerDefaults() {}

    /**
     * Changes the workload's tree: a volume without a source is an emptyDir; on the host's network, ports are the host's.
     *
     * @throws dev.bulkhead.engine.workload.MalformedWorkloadException when a field that this depends on has another type
     */
    static void fillIn(Workload workload) {
        for (Volume volume : workload.pod().volumes()) {
            if (volume.field().node() instanceof ObjectNode node && hasNothingButAName(node)) {
                node.putObject("emptyDir");
            }
        }
        if (workload.pod().spec().get("hostNetwork").isTrue()) {
            for (Container container : workload.pod().containers()) {
                for (Field port : container.field().get("ports").items()) {
                    if (port.get("hostPort").integer().orElse(0) == 0
                            && port.get("containerPort").isPresent()
                            && port.node() instanceof ObjectNode node) {
                        node.set("hostPort", port.get("containerPort").node());
                    }
                }
            }
        }
    }

    private static boolean hasNothingButAName(ObjectNode volume) {
        if (volume.path("name").isMissingNode() || volume.path("name").isNull()) {
            return false;
        }
        int members = 0;
        for (JsonNode member : volume) {
            if (!member.isNull() && ++members > 1) {
                return false;
            }
        }
        return true;
    }
}

package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Volume;
import dev.bulkhead.engine.workload.Workload;

/**
 * The API server's defaults that a verdict depends on. A pod in a request already has them. Manifests and pod
 * templates do not: the API server completes the pods made from them.
 */
final class ApiServerDefaults {
    private ApiServerDefaults() {}

    /**
     * Adds the defaults to the workload's tree: an emptyDir to a volume without a source, and a host port to each
     * container port of a pod on the host network. Ignores fields of the wrong type, which rules report.
     */
    static void fillIn(Workload workload) {
        for (Volume volume : workload.pod().volumes()) {
            if (volume.field().node() instanceof ObjectNode node && hasNothingButAName(node)) {
                node.putObject("emptyDir");
            }
        }
        if (workload.pod().spec().get("hostNetwork").node().booleanValue()) {
            for (Container container : workload.pod().containers()) {
                for (JsonNode port : container.field().get("ports").node()) {
                    if (port instanceof ObjectNode node) {
                        fillInHostPort(node);
                    }
                }
            }
        }
    }

    private static void fillInHostPort(ObjectNode port) {
        JsonNode hostPort = port.path("hostPort");
        boolean unset = hostPort.isMissingNode() || hostPort.isNull() || (hostPort.isInt() && hostPort.intValue() == 0);
        JsonNode containerPort = port.path("containerPort");
        if (unset && containerPort.isIntegralNumber()) {
            port.set("hostPort", containerPort);
        }
    }

    private static boolean hasNothingButAName(ObjectNode volume) {
        if (volume.path("name").isMissingNode() || volume.path("name").isNull()) {
            return false;
        }
        return volume.valueStream().filter(member -> !member.isNull()).limit(2).count() == 1;
    }
}

package dev.bulkhead.engine.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.Container;
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
     * A field of another type than it should have is left to the rules that read it.
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

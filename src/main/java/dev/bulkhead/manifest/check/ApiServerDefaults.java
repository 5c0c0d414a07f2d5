package dev.bulkhead.manifest.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Volume;
import dev.bulkhead.engine.workload.Workload;

/**
 * What the API server fills in before anyone judges, where a verdict depends on it. Manifests come without it; the gate
 * sees objects that have it already.
 */
final class ApiServerDefaults {
    private ApiServerDefaults() {}

    /** Changes the workload's tree: a volume without a source is an emptyDir; in the host's network ports are the host's. */
    static void fillIn(Workload workload) {
        for (Volume volume : workload.pod().volumes()) {
            if (volume.field().members().size() == 1
                    && volume.field().get("name").isPresent()
                    && volume.field().node() instanceof ObjectNode node) {
                node.putObject("emptyDir");
            }
        }
        if (workload.isPod() && workload.pod().spec().get("hostNetwork").isTrue()) {
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
}

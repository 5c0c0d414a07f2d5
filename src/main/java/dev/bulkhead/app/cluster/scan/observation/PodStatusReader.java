package dev.bulkhead.app.cluster.scan.observation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.cluster.scan.failure.StartFailure;
import dev.bulkhead.engine.preview.ImageName;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.ObservedPod.Fault;
import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.ContainerStatuses;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Reads from a stored pod what a preview needs of its status. */
final class PodStatusReader {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private PodStatusReader() {}

    /**
     * What the pod shows; empty if it has ended, or was never started.
     *
     * @throws dev.bulkhead.engine.workload.MalformedWorkloadException when it is not of the form that the API server stores
     */
    static Optional<ObservedPod> read(JsonNode stored) {
        Field object = Field.root(stored);
        if (ENDED.contains(object.get("status").get("phase").textOrEmpty())) {
            return Optional.empty();
        }
        Map<String, Field> statuses = ContainerStatuses.byName(object);
        Map<String, Fault> faults = new HashMap<>();
        StartFailure.in(stored).forEach(failure -> faults.put(failure.container(), failure.fault()));
        List<ObservedContainer> containers = new ArrayList<>();
        for (Container container : Pod.in(object).containers()) {
            Field status = statuses.get(container.name());
            if (status != null && container.kind() != ContainerKind.EPHEMERAL) {
                containers.add(read(container, status, Optional.ofNullable(faults.get(container.name()))));
            }
        }
        return containers.isEmpty() ? Optional.empty() : Optional.of(new ObservedPod(hardened(object), containers));
    }

    private static Set<String> hardened(Field object) {
        Set<String> rules = new TreeSet<>();
        String written = object.get("metadata")
                .get("annotations")
                .get(WorkloadAdmission.HARDENED_ANNOTATION)
                .textOrEmpty();
        for (String rule : written.split(",", -1)) {
            if (!rule.isEmpty()) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private static ObservedContainer read(Container container, Field status, Optional<Fault> fault) {
        OptionalLong user = status.get("user").get("linux").get("uid").integer();
        return new ObservedContainer(
                container.name(),
                ImageName.of(container.field().get("image").textOrEmpty()),
                user,
                (int) Math.min(
                        Integer.MAX_VALUE,
                        Math.max(0, status.get("restartCount").integer().orElse(0))),
                status.get("ready").isTrue(),
                fault);
    }
}

package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.scan.Inventory.Scanned;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a preview reads of a workload besides its verdict.
 *
 * @param labels of the object that a person edits; of a pod where that is not known
 * @param podLabels of its pods
 * @param images of its containers, by their names, as they are written
 * @param pods the uids of its pods that have not ended
 */
public record WorkloadDetails(
        WorkloadId id,
        Map<String, String> labels,
        Map<String, String> podLabels,
        Map<String, String> images,
        List<String> pods) {
    public WorkloadDetails {
        labels = ImmutableCopies.of(labels);
        podLabels = ImmutableCopies.of(podLabels);
        images = ImmutableCopies.of(images);
        pods = List.copyOf(pods);
    }

    /** Nothing is known of it. */
    public static WorkloadDetails none(WorkloadId id) {
        return new WorkloadDetails(id, Map.of(), Map.of(), Map.of(), List.of());
    }

    /**
     * The details by workload, without those that hold no pod or are malformed.
     *
     * @param wanted in which namespaces, by name
     */
    public static Map<WorkloadId, WorkloadDetails> read(
            Inventory inventory, WorkloadKinds kinds, Predicate<String> wanted) {
        Map<WorkloadId, List<String>> pods = inventory.pods();
        Map<WorkloadId, WorkloadDetails> details = new TreeMap<>();
        for (Scanned workload : inventory.workloads()) {
            if (wanted.test(workload.id().namespace())) {
                wellFormed(workload, kinds, pods.getOrDefault(workload.id(), List.of()))
                        .ifPresent(some -> details.put(workload.id(), some));
            }
        }
        return details;
    }

    /** Empty if it is malformed, which the evaluation reports. */
    private static Optional<WorkloadDetails> wellFormed(Scanned workload, WorkloadKinds kinds, List<String> pods) {
        try {
            return details(workload, kinds, pods);
        } catch (MalformedWorkloadException e) {
            return Optional.empty();
        }
    }

    /** By the object that a person edits, and the containers that only its pods have. */
    private static Optional<WorkloadDetails> details(Scanned workload, WorkloadKinds kinds, List<String> pods) {
        Map<String, String> labels = new LinkedHashMap<>();
        Map<String, String> podLabels = new LinkedHashMap<>();
        Map<String, String> images = new LinkedHashMap<>();
        List<Workload> parts = new ArrayList<>();
        Stream.concat(workload.template().stream(), workload.pods().stream()).forEach(content -> {
            Field object = Field.root(content.tree());
            kinds.find(object).ifPresent(found -> {
                if (parts.isEmpty()) {
                    object.get("metadata")
                            .get("labels")
                            .members()
                            .forEach(label -> labels.put(label.name(), label.textOrEmpty()));
                    podLabels.putAll(found.pod().labels());
                }
                parts.add(found);
                found.pod().containers().stream()
                        .filter(container -> container.kind() != ContainerKind.EPHEMERAL)
                        .forEach(container -> images.putIfAbsent(
                                container.name(), container.field().get("image").textOrEmpty()));
            });
        });
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(new WorkloadDetails(workload.id(), labels, podLabels, images, pods));
    }
}

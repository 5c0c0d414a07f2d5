package dev.bulkhead.engine.preview;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which labels say to whom a workload belongs. The first that the workload carries counts, else the first that its namespace
 * carries.
 *
 * @param keys in their order
 */
public record OwnerLabels(List<String> keys) {
    /** The labels that are read unless others are configured. */
    public static final OwnerLabels DEFAULT = new OwnerLabels(List.of("app.kubernetes.io/part-of", "team", "owner"));

    public OwnerLabels {
        keys = List.copyOf(keys);
    }

    /**
     * The owner of a workload; empty if no label says so.
     *
     * @param workload the labels of the workload
     * @param namespace the labels of its namespace
     */
    public Optional<String> ownerOf(Map<String, String> workload, Map<String, String> namespace) {
        return first(workload).or(() -> first(namespace));
    }

    private Optional<String> first(Map<String, String> labels) {
        return keys.stream()
                .map(key -> labels.getOrDefault(key, ""))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }
}

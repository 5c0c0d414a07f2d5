package dev.bulkhead.app.cluster.scan;

import java.util.Comparator;

/**
 * What a person would edit: a Deployment rather than its pods.
 *
 * @param apiVersion as far as it is known; it does not distinguish workloads
 */
public record WorkloadId(String namespace, String apiVersion, String kind, String name)
        implements Comparable<WorkloadId> {
    private static final Comparator<WorkloadId> ORDER = Comparator.comparing(WorkloadId::namespace)
            .thenComparing(WorkloadId::kind)
            .thenComparing(WorkloadId::name)
            .thenComparing(WorkloadId::apiVersion);

    @Override
    public int compareTo(WorkloadId other) {
        return ORDER.compare(this, other);
    }
}

package dev.bulkhead.engine.workload;

/** A PersistentVolume, as far as rules read it. */
public sealed interface ClaimedVolume {
    /**
     * A directory or file of the node: a {@code hostPath} or {@code local} volume.
     *
     * @param path as the volume writes it
     */
    record OfNode(String path) implements ClaimedVolume {}

    /** Storage of a CSI driver. */
    record OfDriver(String driver) implements ClaimedVolume {}

    /**
     * One of the types that are built into Kubernetes.
     *
     * @param type the name of the member that holds it, such as {@code nfs}
     */
    record OfType(String type) implements ClaimedVolume {}
}

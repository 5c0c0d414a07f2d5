package dev.bulkhead.engine.workload;

/** Which list of the pod a container stands in, and whether it stays. */
public enum ContainerKind {
    INIT("initContainers"),
    /** An init container with {@code restartPolicy: Always}. */
    SIDECAR("initContainers"),
    REGULAR("containers"),
    EPHEMERAL("ephemeralContainers");

    private final String list;

    ContainerKind(String list) {
        this.list = list;
    }

    /** The name of that list in the pod's spec. */
    public String list() {
        return list;
    }
}

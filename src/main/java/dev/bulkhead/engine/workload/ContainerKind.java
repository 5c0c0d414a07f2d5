package dev.bulkhead.engine.workload;

/** The kinds of containers, by the list of the pod that holds them. */
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

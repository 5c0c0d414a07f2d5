package dev.bulkhead.engine.workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pod, or the pod of a template: its metadata and its spec. Immutable. */
public final class Pod {
    /**
     * More than any node can run. Every rule looks at every container, so this bounds the cost of containers that are
     * nearly empty, which take few bytes.
     */
    static final int MOST_CONTAINERS = 2_000;

    /** More than any node can run, as with containers. */
    static final int MOST_VOLUMES = 10_000;

    private final Field metadata;
    private final Field spec;
    private final List<Container> containers;
    private final List<Volume> volumes;

    private Pod(Field metadata, Field spec, List<Container> containers, List<Volume> volumes) {
        this.metadata = metadata;
        this.spec = spec;
        this.containers = containers;
        this.volumes = volumes;
    }

    /**
     * The pod with the {@code metadata} and {@code spec} of this object.
     *
     * @throws MalformedWorkloadException when a container list, a container or a volume has the wrong type, or when
     *     there are more containers or volumes than allowed
     */
    public static Pod in(Field object) {
        Field spec = object.get("spec");
        List<Container> containers = new ArrayList<>();
        add(containers, ContainerKind.INIT, spec.get("initContainers"));
        add(containers, ContainerKind.REGULAR, spec.get("containers"));
        add(containers, ContainerKind.EPHEMERAL, spec.get("ephemeralContainers"));
        List<Volume> volumes = new ArrayList<>();
        Field listed = spec.get("volumes");
        bound(listed, 0, MOST_VOLUMES, "volumes");
        for (Field item : listed.items()) {
            volumes.add(Volume.of(item));
        }
        return new Pod(object.get("metadata"), spec, List.copyOf(containers), List.copyOf(volumes));
    }

    private static void add(List<Container> containers, ContainerKind kind, Field list) {
        bound(list, containers.size(), MOST_CONTAINERS, "containers");
        int index = 0;
        for (Field item : list.items()) {
            if (item.isAbsent()) {
                throw new MalformedWorkloadException(item.pointer(), "a container", "nothing");
            }
            boolean sidecar = kind == ContainerKind.INIT
                    && item.get("restartPolicy").textOrEmpty().equals("Always");
            containers.add(Container.of(sidecar ? ContainerKind.SIDECAR : kind, index++, item));
        }
    }

    private static void bound(Field list, int others, int most, String what) {
        int all = others + list.node().size();
        if (list.node().isArray() && all > most) {
            throw new MalformedWorkloadException(list.pointer(), "at most " + most + " " + what, all + " or more");
        }
    }

    public Field metadata() {
        return metadata;
    }

    public Field spec() {
        return spec;
    }

    public Field securityContext() {
        return spec.get("securityContext");
    }

    /** Every container: init and sidecar, then regular, then ephemeral, each list in its order. */
    public List<Container> containers() {
        return containers;
    }

    public List<Volume> volumes() {
        return volumes;
    }

    /** The annotations, sorted by key. */
    public List<Field> annotations() {
        return metadata.get("annotations").members().stream()
                .sorted(Comparator.comparing(Field::name))
                .toList();
    }

    public Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        for (Field label : metadata.get("labels").members()) {
            labels.put(label.name(), label.textOrEmpty());
        }
        return ImmutableCopies.of(labels);
    }

    public Field annotation(String key) {
        return metadata.get("annotations").get(key);
    }

    /** Whether the pod declares that it runs on Windows; only {@code spec.os.name} counts. */
    public boolean isWindows() {
        return spec.get("os").get("name").textOrEmpty().equals("windows");
    }

    /** Whether the pod has its own user namespace ({@code hostUsers: false}). */
    public boolean hasUserNamespace() {
        return spec.get("hostUsers").isFalse();
    }

    /** The same pod, with the same containers and volumes, on the host's user namespace. */
    public Pod onHostUsers() {
        return hasUserNamespace() ? new Pod(metadata, spec.without("hostUsers"), containers, volumes) : this;
    }
}

package dev.bulkhead.engine.workload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The kinds that hold a pod, and the path to it. The group matters, the API version does not. */
public final class WorkloadKinds {
    private record GroupKind(String group, String kind) implements Comparable<GroupKind> {
        private static final Comparator<GroupKind> ORDER =
                Comparator.comparing(GroupKind::group).thenComparing(GroupKind::kind);

        @Override
        public int compareTo(GroupKind other) {
            return ORDER.compare(this, other);
        }

        /** The generated one costs a command more to link than to run. */
        @Override
        public int hashCode() {
            return 31 * group.hashCode() + kind.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof GroupKind that && group.equals(that.group) && kind.equals(that.kind);
        }
    }

    private static final WorkloadKinds BUILT_IN = ofAll();

    private final Map<GroupKind, List<String>> paths;
    private final Map<GroupKind, CustomKind> custom;

    private WorkloadKinds(Map<GroupKind, List<String>> paths) {
        this(paths, Map.of());
    }

    private WorkloadKinds(Map<GroupKind, List<String>> paths, Map<GroupKind, CustomKind> custom) {
        this.paths = ImmutableCopies.of(paths);
        this.custom = ImmutableCopies.of(custom);
    }

    private static WorkloadKinds ofAll() {
        Map<GroupKind, List<String>> paths = new HashMap<>();
        for (KubernetesKind kind : KubernetesKind.values()) {
            kind.groups().forEach(group -> paths.put(new GroupKind(group, kind.kind()), kind.template()));
        }
        return new WorkloadKinds(paths);
    }

    /** The kinds of Kubernetes itself. */
    public static WorkloadKinds builtIn() {
        return BUILT_IN;
    }

    /** The names of Kubernetes' own kinds, in their order. */
    public static Set<String> ofKubernetes() {
        Set<String> names = new TreeSet<>();
        for (KubernetesKind kind : KubernetesKind.values()) {
            names.add(kind.kind());
        }
        return Collections.unmodifiableSet(names);
    }

    /**
     * These kinds and a custom one.
     *
     * @throws IllegalArgumentException when it is one of these already
     */
    public WorkloadKinds with(CustomKind custom) {
        GroupKind added = new GroupKind(custom.group(), custom.kind());
        if (paths.containsKey(added)) {
            throw new IllegalArgumentException(
                    custom.group() + "/" + custom.kind() + " has its place of the pod template already");
        }
        Map<GroupKind, List<String>> more = new HashMap<>(paths);
        more.put(added, custom.path());
        Map<GroupKind, CustomKind> moreCustom = new HashMap<>(this.custom);
        moreCustom.put(added, custom);
        return new WorkloadKinds(more, moreCustom);
    }

    /** The custom kinds among them, in the order of their names. */
    public List<CustomKind> customKinds() {
        return custom.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    /**
     * The workload in that object, wherever the object stands in its document.
     *
     * @return empty when the object's kind holds no pod, or when it holds none now (some templates may be absent)
     * @throws MalformedWorkloadException when the object is of such a kind but not of its shape
     */
    public Optional<Workload> find(Field object) {
        return find(object.get("apiVersion").textOrEmpty(), object.get("kind").textOrEmpty(), object);
    }

    /**
     * The workload in that object, which is of that kind whatever it says itself.
     *
     * @return empty when the kind holds no pod, or when the object holds none now (a template may be absent)
     * @throws MalformedWorkloadException when the object is not of the kind's shape
     */
    public Optional<Workload> find(String apiVersion, String kind, Field object) {
        GroupKind groupKind = new GroupKind(group(apiVersion), kind);
        List<String> path = paths.get(groupKind);
        if (path == null) {
            return Optional.empty();
        }
        Field holder = object.get(path);
        CustomKind declared = custom.get(groupKind);
        if (declared != null && !declared.optional() && holder.get("spec").isAbsent()) {
            throw new MalformedWorkloadException(
                    holder.pointer(), "a pod template, as the kind is declared by " + declared, "none");
        }
        if (holder.isAbsent()) {
            return Optional.empty();
        }
        Field metadata = object.get("metadata");
        String name = metadata.get("name")
                .text()
                .filter(text -> !text.isEmpty())
                .orElseGet(() -> metadata.get("generateName").textOrEmpty());
        return Optional.of(new Workload(
                apiVersion,
                kind,
                metadata.get("namespace").text().filter(text -> !text.isEmpty()),
                name,
                object,
                Pod.in(holder),
                path.isEmpty()));
    }

    /**
     * These kinds and those that are declared so, as {@link CustomKind#parse} reads them.
     *
     * @throws IllegalArgumentException when a declaration is none, or of a kind that has one already
     */
    public WorkloadKinds with(List<String> declarations) {
        WorkloadKinds kinds = this;
        for (String declaration : declarations) {
            kinds = kinds.with(CustomKind.parse(declaration)
                    .orElseThrow(() -> new IllegalArgumentException("expected " + CustomKind.FORM
                            + ", such as argoproj.io/Rollout=/spec/template, found " + declaration)));
        }
        return kinds;
    }

    /**
     * Where that object of that kind has its pod template, whether or not one stands there.
     *
     * @throws IllegalArgumentException when the kind holds no pod
     * @throws MalformedWorkloadException when the place cannot be reached
     */
    public Field templateIn(String apiVersion, String kind, Field object) {
        List<String> path = paths.get(new GroupKind(group(apiVersion), kind));
        if (path == null) {
            throw new IllegalArgumentException(kind + " holds no pod");
        }
        return object.get(path);
    }

    /** Whether objects of that kind hold a pod. */
    public boolean contains(String apiVersion, String kind) {
        return paths.containsKey(new GroupKind(group(apiVersion), kind));
    }

    public Optional<Workload> find(JsonNode object) {
        return find(Field.root(object));
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}

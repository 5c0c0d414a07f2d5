package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.cluster.scan.ReducedObject.Controller;
import dev.bulkhead.app.cluster.scan.observation.PodState;
import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What exists in the cluster: pods and the controllers that make them, reduced, in any order of arrival. Thread-safe.
 *
 * <p>Its memory grows with the workloads rather than with the pods: pods of a controller that are alike share their
 * content, which is limited in bytes. An object takes some 300 bytes besides.
 */
public final class Inventory {
    /** Deployment, ReplicaSet, pod are three; a chain in references that users made up ends here. */
    private static final int MOST_OWNERS = 8;

    /** Of what is kept of objects in the console; 10,000 pods of 1,000 workloads have some 6 MiB. */
    static final long MOST_BYTES = 96L << 20;

    private final long mostBytes;
    private final Map<String, ReducedObject> byUid = new HashMap<>();
    private final Map<ObjectContent, Shared> contents = new HashMap<>();
    private final Map<String, WorkloadId> leftOut = new HashMap<>();
    private long bytes;
    private long version;
    private long changes;

    /** A content, and how many objects have it. */
    private static final class Shared {
        private final ObjectContent content;
        private int objects;

        Shared(ObjectContent content) {
            this.content = content;
        }
    }

    /** Of a limited size, for a process that goes on. */
    public static Inventory bounded() {
        return new Inventory(MOST_BYTES);
    }

    /** Of any size, for a single scan. */
    public static Inventory unbounded() {
        return new Inventory(Long.MAX_VALUE);
    }

    Inventory(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * A workload as it is now.
     *
     * @param template the object that a person edits; empty where it is not watched, or gone
     * @param pods what its pods are like, each once
     * @param podCount how many pods there are that have not ended
     * @param nodes the nodes that they are on
     * @param states how they are
     */
    record Scanned(
            WorkloadId id,
            Optional<ObjectContent> template,
            List<ObjectContent> pods,
            int podCount,
            Set<String> nodes,
            PodSummary states) {
        Scanned {
            pods = List.copyOf(pods);
            nodes = ImmutableCopies.of(nodes);
        }

        /** Whether it is the same but for the nodes and how its pods are, so that the same would come of an evaluation. */
        boolean isLike(Scanned other) {
            return id.equals(other.id)
                    && template.equals(other.template)
                    && pods.equals(other.pods)
                    && podCount == other.podCount;
        }
    }

    /**
     * An object exists, or has changed.
     *
     * @param object is changed
     */
    public void put(ScannedKind kind, ObjectNode object) {
        ReducedObject reduced = ReducedObject.of(kind, object);
        synchronized (this) {
            ReducedObject before = byUid.get(reduced.uid());
            if (reduced.equals(before)) {
                return;
            }
            release(reduced.uid(), Optional.ofNullable(before));
            ReducedObject kept = reduced.withContent(reduced.content().flatMap(this::shared));
            if (kept.content().isEmpty() && reduced.content().isPresent()) {
                leftOut.put(kept.uid(), kept.id());
            }
            byUid.put(kept.uid(), kept);
            changes++;
            if (before == null || !kept.isLike(before)) {
                version++;
            }
        }
    }

    /** An object no longer exists. */
    public synchronized void remove(String uid) {
        Optional<ReducedObject> removed = Optional.ofNullable(byUid.remove(uid));
        release(uid, removed);
        if (removed.isPresent()) {
            changes++;
            version++;
        }
    }

    private void release(String uid, Optional<ReducedObject> object) {
        leftOut.remove(uid);
        object.flatMap(ReducedObject::content).ifPresent(content -> {
            Shared shared = contents.get(content);
            if (shared != null && --shared.objects == 0) {
                contents.remove(content);
                bytes -= content.bytes();
            }
        });
    }

    /** The content that all objects like this one share; empty if there is no room for it. */
    private Optional<ObjectContent> shared(ObjectContent content) {
        Shared shared = contents.get(content);
        if (shared == null) {
            if (bytes + content.bytes() > mostBytes) {
                return Optional.empty();
            }
            shared = new Shared(content);
            contents.put(content, shared);
            bytes += content.bytes();
        }
        shared.objects++;
        return Optional.of(shared.content);
    }

    /** The bytes that are kept of objects. */
    synchronized long bytes() {
        return bytes;
    }

    /** The objects that are not evaluated because there is no room for them. */
    synchronized List<WorkloadId> leftOut() {
        return leftOut.values().stream().sorted().toList();
    }

    /** Rises with every change of what is evaluated. */
    public synchronized long version() {
        return version;
    }

    /** Rises with every change, also where only the state of a pod has changed. */
    synchronized long changes() {
        return changes;
    }

    /** The uids of the workloads; of what is not there itself as its pods name it. */
    public Map<WorkloadId, String> uids() {
        Map<String, ReducedObject> objects;
        synchronized (this) {
            objects = new HashMap<>(byUid);
        }
        Map<WorkloadId, String> uids = new TreeMap<>();
        for (ReducedObject object : objects.values()) {
            if (object.content().isPresent()) {
                Outermost outermost = outermostOf(object, objects);
                uids.put(outermost.id(), outermost.uid());
            }
        }
        return uids;
    }

    /** The workloads by namespace, kind and name. */
    List<Scanned> workloads() {
        Map<String, ReducedObject> objects = objects();
        Map<WorkloadId, Gathered> gathered = new TreeMap<>();
        for (ReducedObject object : objects.values()) {
            if (object.content().isPresent()) {
                gathered.computeIfAbsent(outermostOf(object, objects).id(), id -> new Gathered())
                        .add(object);
            }
        }
        List<Scanned> workloads = new ArrayList<>(gathered.size());
        gathered.forEach((id, parts) -> workloads.add(parts.as(id)));
        return workloads;
    }

    /** The uids of the pods that have not ended, by workload. */
    Map<WorkloadId, List<String>> pods() {
        Map<String, ReducedObject> objects = objects();
        Map<WorkloadId, List<String>> pods = new TreeMap<>();
        for (ReducedObject object : objects.values()) {
            if (object.content().isPresent() && object.isPod()) {
                pods.computeIfAbsent(outermostOf(object, objects).id(), id -> new ArrayList<>())
                        .add(object.uid());
            }
        }
        return pods;
    }

    private synchronized Map<String, ReducedObject> objects() {
        return new HashMap<>(byUid);
    }

    /** A workload's template, or what one of its pods is like, without what no rule reads; empty if it is gone. */
    public Optional<JsonNode> manifest(WorkloadId workload) {
        Gathered gathered = new Gathered();
        objectsOf(workload).forEach(gathered::add);
        return gathered.template.or(() -> gathered.pods.stream().findFirst()).map(ObjectContent::tree);
    }

    /** The pods of a workload that have not ended, those that do not work first. */
    public List<ScannedPod> pods(WorkloadId workload) {
        return objectsOf(workload).stream()
                .filter(ReducedObject::isPod)
                .map(Inventory::pod)
                .flatMap(Optional::stream)
                .sorted(ScannedPod.WORST_FIRST)
                .toList();
    }

    private static Optional<ScannedPod> pod(ReducedObject object) {
        String hardened = object.content()
                .map(content -> content.tree()
                        .path("metadata")
                        .path("annotations")
                        .path(WorkloadAdmission.HARDENED_ANNOTATION)
                        .asText())
                .orElse("");
        return object.state()
                .map(state -> new ScannedPod(object.uid(), object.id().name(), object.node(), hardened, state));
    }

    private List<ReducedObject> objectsOf(WorkloadId workload) {
        Map<String, ReducedObject> objects = objects();
        return objects.values().stream()
                .filter(object -> object.content().isPresent()
                        && object.id().namespace().equals(workload.namespace())
                        && outermostOf(object, objects).id().equals(workload))
                .toList();
    }

    private static final class Gathered {
        private Optional<ObjectContent> template = Optional.empty();
        private final Set<ObjectContent> pods = new TreeSet<>();
        private final Set<String> nodes = new TreeSet<>();
        private final List<PodState> states = new ArrayList<>();
        private int podCount;

        void add(ReducedObject object) {
            ObjectContent content = object.content().orElseThrow();
            if (object.isPod()) {
                pods.add(content);
                podCount++;
                object.node().ifPresent(nodes::add);
                object.state().ifPresent(states::add);
            } else {
                template = Optional.of(content);
            }
        }

        Scanned as(WorkloadId id) {
            return new Scanned(id, template, List.copyOf(pods), podCount, nodes, PodSummary.of(states));
        }
    }

    /** What a person edits. */
    private record Outermost(WorkloadId id, String uid) {}

    /** The outermost controller of the object, as far as it is known. */
    private static Outermost outermostOf(ReducedObject object, Map<String, ReducedObject> objects) {
        ReducedObject at = object;
        for (int i = 0; i < MOST_OWNERS; i++) {
            Optional<Controller> controller = at.controller();
            if (controller.isEmpty()) {
                return new Outermost(at.id(), at.uid());
            }
            ReducedObject owner = objects.get(controller.get().uid());
            if (owner == null || !owner.id().namespace().equals(object.id().namespace())) {
                return new Outermost(
                        new WorkloadId(
                                object.id().namespace(),
                                controller.get().apiVersion(),
                                controller.get().kind(),
                                controller.get().name()),
                        controller.get().uid());
            }
            at = owner;
        }
        return new Outermost(at.id(), at.uid());
    }
}

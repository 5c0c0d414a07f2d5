package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.scan.ReducedObject.Controller;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;

/**
 * What exists in the cluster: pods and the controllers that make them, reduced, in any order of arrival. Thread-safe.
 *
 * <p>Its memory grows with the workloads rather than with the pods: pods of a controller that are alike share their
 * content. A pod takes some 300 bytes besides.
 */
public final class Inventory {
    /** Deployment, ReplicaSet, pod are three; a chain in references that users made up ends here. */
    private static final int MOST_OWNERS = 8;

    private final Map<String, ReducedObject> byUid = new HashMap<>();
    private final WeakHashMap<ObjectContent, WeakReference<ObjectContent>> contents = new WeakHashMap<>();
    private long version;

    /**
     * A workload as it is now.
     *
     * @param template the object that a person edits; empty where it is not watched, or gone
     * @param pods what its pods are like, each once
     * @param podCount how many pods there are that have not ended
     */
    record Scanned(WorkloadId id, Optional<ObjectContent> template, List<ObjectContent> pods, int podCount) {
        Scanned {
            pods = List.copyOf(pods);
        }
    }

    /**
     * An object exists, or has changed.
     *
     * @param object is changed
     */
    public void put(KubernetesKind kind, ObjectNode object) {
        ReducedObject reduced = ReducedObject.of(kind, object);
        synchronized (this) {
            ReducedObject shared = new ReducedObject(
                    reduced.uid(),
                    reduced.id(),
                    reduced.controller(),
                    reduced.content().map(this::shared));
            if (!shared.equals(byUid.put(shared.uid(), shared))) {
                version++;
            }
        }
    }

    /** An object no longer exists. */
    public synchronized void remove(String uid) {
        if (byUid.remove(uid) != null) {
            version++;
        }
    }

    private ObjectContent shared(ObjectContent content) {
        Optional<ObjectContent> known =
                Optional.ofNullable(contents.get(content)).map(WeakReference::get);
        if (known.isEmpty()) {
            contents.put(content, new WeakReference<>(content));
        }
        return known.orElse(content);
    }

    /** Rises with every change. */
    public synchronized long version() {
        return version;
    }

    /** The workloads by namespace, kind and name. */
    List<Scanned> workloads() {
        Map<String, ReducedObject> objects;
        synchronized (this) {
            objects = new HashMap<>(byUid);
        }
        Map<WorkloadId, Gathered> gathered = new TreeMap<>();
        for (ReducedObject object : objects.values()) {
            if (object.content().isPresent()) {
                gathered.computeIfAbsent(workloadOf(object, objects), id -> new Gathered())
                        .add(object);
            }
        }
        List<Scanned> workloads = new ArrayList<>(gathered.size());
        gathered.forEach((id, parts) -> workloads.add(parts.as(id)));
        return workloads;
    }

    private static final class Gathered {
        private Optional<ObjectContent> template = Optional.empty();
        private final Set<ObjectContent> pods = new TreeSet<>();
        private int podCount;

        void add(ReducedObject object) {
            ObjectContent content = object.content().orElseThrow();
            if (object.id().kind().equals(KubernetesKind.POD.kind())) {
                pods.add(content);
                podCount++;
            } else {
                template = Optional.of(content);
            }
        }

        Scanned as(WorkloadId id) {
            return new Scanned(id, template, List.copyOf(pods), podCount);
        }
    }

    /** The outermost controller of the object, as far as it is known. */
    private static WorkloadId workloadOf(ReducedObject object, Map<String, ReducedObject> objects) {
        ReducedObject at = object;
        for (int i = 0; i < MOST_OWNERS; i++) {
            Optional<Controller> controller = at.controller();
            if (controller.isEmpty()) {
                return at.id();
            }
            ReducedObject owner = objects.get(controller.get().uid());
            if (owner == null || !owner.id().namespace().equals(object.id().namespace())) {
                return new WorkloadId(
                        object.id().namespace(),
                        controller.get().apiVersion(),
                        controller.get().kind(),
                        controller.get().name());
            }
            at = owner;
        }
        return at.id();
    }
}

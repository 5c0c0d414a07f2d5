package dev.bulkhead.app.cluster.scan.observation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the pods of the cluster show. Pods that show the same share it, which is limited in bytes; what there is no room for
 * is not known. Thread-safe.
 */
public final class ObservedPods implements ObjectListener {
    /** 10,000 pods of 1,000 workloads take less than 1 MiB, besides some 100 bytes a pod. */
    private static final long MOST_BYTES = 16L << 20;

    private static final int OBJECT_BYTES = 96;

    private final long mostBytes;
    private final Map<String, Shared> byUid = new HashMap<>();
    private final Map<ObservedPod, Shared> contents = new HashMap<>();
    private long bytes;

    private static final class Shared {
        private final ObservedPod pod;
        private int pods;

        Shared(ObservedPod pod) {
            this.pod = pod;
        }
    }

    /** Of a limited size, for a process that goes on. */
    public static ObservedPods bounded() {
        return new ObservedPods(MOST_BYTES);
    }

    /** Of any size, for a single scan. */
    public static ObservedPods unbounded() {
        return new ObservedPods(Long.MAX_VALUE);
    }

    ObservedPods(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public void arrived(ObjectNode pod) {
        String uid = pod.path("metadata").path("uid").asText();
        Optional<ObservedPod> observed = PodStatusReader.read(pod);
        synchronized (this) {
            forget(uid);
            observed.ifPresent(one -> keep(uid, one));
        }
    }

    private void keep(String uid, ObservedPod pod) {
        Shared shared = contents.get(pod);
        if (shared == null) {
            long size = bytes(pod);
            if (bytes + size > mostBytes) {
                return;
            }
            bytes += size;
            shared = new Shared(pod);
            contents.put(pod, shared);
        }
        shared.pods++;
        byUid.put(uid, shared);
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        forget(uid);
    }

    private void forget(String uid) {
        Shared before = byUid.remove(uid);
        if (before != null) {
            before.pods--;
            if (before.pods == 0) {
                contents.remove(before.pod);
                bytes -= bytes(before.pod);
            }
        }
    }

    private static long bytes(ObservedPod pod) {
        long size = OBJECT_BYTES + (long) OBJECT_BYTES * pod.hardened().size();
        for (ObservedContainer container : pod.containers()) {
            size += OBJECT_BYTES
                    + 2L * container.name().length()
                    + 2L * container.image().length();
        }
        for (String rule : pod.hardened()) {
            size += 2L * rule.length();
        }
        return size;
    }

    /** What each pod shows now, by its uid. */
    public synchronized Map<String, ObservedPod> byUid() {
        Map<String, ObservedPod> pods = new HashMap<>(byUid.size());
        byUid.forEach((uid, shared) -> pods.put(uid, shared.pod));
        return pods;
    }

    /** What a pod shows now; empty where that is not known. */
    public synchronized Optional<ObservedPod> find(String uid) {
        return Optional.ofNullable(byUid.get(uid)).map(shared -> shared.pod);
    }

    /** The bytes that are kept of what they show. */
    synchronized long bytes() {
        return bytes;
    }
}

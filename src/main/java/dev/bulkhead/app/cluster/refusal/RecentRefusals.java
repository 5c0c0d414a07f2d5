package dev.bulkhead.app.cluster.refusal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was refused lately, as the events in the cluster say: as long as the API server keeps these, and within bounds.
 * Beyond them the oldest refusals of the namespace with the most are forgotten, so that no namespace hides the others'.
 * Thread-safe.
 */
public final class RecentRefusals implements ObjectListener {
    /** Of one namespace. */
    static final int MOST_OF_A_NAMESPACE = 500;

    /** Of all namespaces; most take some 2 KiB. */
    static final int MOST_BYTES = 8 << 20;

    private final int mostBytes;
    private final Map<String, Map<String, Refusal>> byNamespace = new TreeMap<>();
    private int bytes;

    /** Knows none yet. */
    public RecentRefusals() {
        this(MOST_BYTES);
    }

    RecentRefusals(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Those that were refused then or later, the latest first. */
    public List<Refusal> since(Instant from) {
        List<Refusal> since = new ArrayList<>();
        synchronized (this) {
            for (Map<String, Refusal> refusals : byNamespace.values()) {
                for (Refusal refusal : refusals.values()) {
                    if (!refusal.at().isBefore(from)) {
                        since.add(refusal);
                    }
                }
            }
        }
        since.sort(Refusal.LATEST_FIRST);
        return List.copyOf(since);
    }

    @Override
    public synchronized void arrived(ObjectNode event) {
        String namespace = event.at("/metadata/namespace").asText();
        String uid = event.at("/metadata/uid").asText();
        forget(namespace, uid);
        RefusalEvent.read(event).ifPresent(refusal -> {
            byNamespace.computeIfAbsent(namespace, name -> new TreeMap<>()).put(uid, refusal);
            bytes += refusal.bytes();
            if (byNamespace.get(namespace).size() > MOST_OF_A_NAMESPACE) {
                forgetOldestOf(namespace);
            }
        });
        while (bytes > mostBytes) {
            forgetOldestOf(byNamespace.entrySet().stream()
                    .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                    .orElseThrow()
                    .getKey());
        }
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        forget(namespace, uid);
    }

    private void forgetOldestOf(String namespace) {
        byNamespace.getOrDefault(namespace, Map.of()).entrySet().stream()
                .min(Comparator.comparing(entry -> entry.getValue().at()))
                .ifPresent(oldest -> forget(namespace, oldest.getKey()));
    }

    private void forget(String namespace, String uid) {
        Map<String, Refusal> refusals = byNamespace.get(namespace);
        if (refusals == null) {
            return;
        }
        Refusal forgotten = refusals.remove(uid);
        if (forgotten != null) {
            bytes -= forgotten.bytes();
        }
        if (refusals.isEmpty()) {
            byNamespace.remove(namespace);
        }
    }

    /** How many there are. */
    public synchronized int size() {
        return byNamespace.values().stream().mapToInt(Map::size).sum();
    }

    /** About as many bytes as it holds. */
    synchronized int bytes() {
        return bytes;
    }
}

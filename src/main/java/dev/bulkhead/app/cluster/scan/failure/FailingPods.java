package dev.bulkhead.app.cluster.scan.failure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The pods that do not start because of what Bulkhead filled in. A pod that runs between two failures counts for a while
 * longer. Thread-safe, and limited: of more failing pods than {@link #MOST} some are left out.
 */
final class FailingPods implements ObjectListener {
    static final int MOST = 5_000;

    /** Labels that are longer together are not kept, so that the pod matches no policy by them. */
    private static final int LONGEST_LABELS = 4_096;

    /** Longer than the kubelet waits before it starts a container again. */
    private static final Duration STILL = Duration.ofMinutes(6);

    private final Consumer<Failed> onFailure;
    private final Clock clock;
    private final Map<String, Failing> byPod = new HashMap<>();
    private final Map<StartFailure.Reason, LongAdder> counts = new EnumMap<>(StartFailure.Reason.class);

    /** A failure of a pod that has just arrived. */
    record Failed(PodOrigin origin, StartFailure failure) {}

    /**
     * A workload of which a pod does not start.
     *
     * @param labels the pod's
     */
    record Workload(String namespace, Owner owner, Map<String, String> labels) {}

    private static final class Failing {
        private final Workload workload;
        private final Set<String> seen = new TreeSet<>();
        private Optional<Instant> startedAt = Optional.empty();

        Failing(Workload workload) {
            this.workload = workload;
        }
    }

    /**
     * Knows no pod.
     *
     * @param onFailure called for every failure that arrives, again and again for one that lasts
     */
    FailingPods(Consumer<Failed> onFailure, Clock clock) {
        this.onFailure = onFailure;
        this.clock = clock;
        for (StartFailure.Reason reason : StartFailure.Reason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    @Override
    public void arrived(ObjectNode pod) {
        List<StartFailure> failures = StartFailure.in(pod);
        Field metadata = Field.root(pod).get("metadata");
        String uid = metadata.get("uid").textOrEmpty();
        if (failures.isEmpty()) {
            started(uid);
            return;
        }
        if (remember(uid, metadata, failures)) {
            PodOrigin origin = PodOrigin.of(metadata);
            failures.forEach(failure -> onFailure.accept(new Failed(origin, failure)));
        }
    }

    private synchronized void started(String uid) {
        Failing known = byPod.get(uid);
        if (known != null && known.startedAt.isEmpty()) {
            known.startedAt = Optional.of(clock.instant());
        }
    }

    /** Whether there was room for it. */
    private synchronized boolean remember(String uid, Field metadata, List<StartFailure> failures) {
        Failing known = byPod.get(uid);
        if (known == null) {
            if (byPod.size() >= MOST) {
                return false;
            }
            known = new Failing(workload(metadata));
            byPod.put(uid, known);
        }
        known.startedAt = Optional.empty();
        for (StartFailure failure : failures) {
            if (known.seen.add(failure.reason().label() + " " + failure.container())) {
                Optional.ofNullable(counts.get(failure.reason())).ifPresent(LongAdder::increment);
            }
        }
        return true;
    }

    private static Workload workload(Field metadata) {
        Map<String, String> labels = new HashMap<>();
        int length = 0;
        for (Field label : metadata.get("labels").members()) {
            labels.put(label.name(), label.textOrEmpty());
            length += label.name().length() + label.textOrEmpty().length();
        }
        return new Workload(
                metadata.get("namespace").textOrEmpty(),
                WorkloadOwners.outermostOfPod(metadata),
                length > LONGEST_LABELS ? Map.of() : labels);
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        byPod.remove(uid);
    }

    /** How often a container was first seen not to start, by reason. */
    Map<StartFailure.Reason, LongAdder> counts() {
        return counts;
    }

    /** The workloads of the pods that fail now, one entry for each pod. */
    synchronized List<Workload> workloads() {
        Instant since = clock.instant().minus(STILL);
        byPod.values()
                .removeIf(failing ->
                        failing.startedAt.filter(at -> at.isBefore(since)).isPresent());
        return byPod.values().stream().map(failing -> failing.workload).toList();
    }
}

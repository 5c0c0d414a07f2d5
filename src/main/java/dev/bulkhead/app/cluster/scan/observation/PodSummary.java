package dev.bulkhead.app.cluster.scan.observation;

import dev.bulkhead.app.cluster.scan.observation.PodState.Phase;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How the pods of a workload are.
 *
 * @param running those that are not ready among them
 * @param notReady that run, with a container that is not ready
 * @param failing with a container that does not start, or ends again and again
 * @param restarts of all their containers
 * @param restartsOfHardened of those pods in which Bulkhead filled something in, and so after that
 */
public record PodSummary(int running, int notReady, int pending, int failing, int restarts, int restartsOfHardened) {
    /** Of no pod. */
    public static final PodSummary NONE = new PodSummary(0, 0, 0, 0, 0, 0);

    /** Of these pods. */
    public static PodSummary of(List<PodState> pods) {
        Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
        long restarts = 0;
        long ofHardened = 0;
        for (PodState pod : pods) {
            phases.merge(pod.phase(), 1, Integer::sum);
            restarts += pod.restarts();
            ofHardened += pod.hardened() ? pod.restarts() : 0;
        }
        int notReady = phases.getOrDefault(Phase.NOT_READY, 0);
        return new PodSummary(
                phases.getOrDefault(Phase.RUNNING, 0) + notReady,
                notReady,
                phases.getOrDefault(Phase.PENDING, 0),
                phases.getOrDefault(Phase.FAILING, 0),
                (int) Math.min(Integer.MAX_VALUE, restarts),
                (int) Math.min(Integer.MAX_VALUE, ofHardened));
    }
}

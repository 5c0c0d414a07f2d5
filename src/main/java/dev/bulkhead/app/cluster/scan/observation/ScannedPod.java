package dev.bulkhead.app.cluster.scan.observation;

import java.util.Comparator;
import java.util.Optional;

/**
 * A pod of a workload.
 *
 * @param hardened the ids of the rules by which Bulkhead filled something in, as its annotation names them; may be empty
 * @param node the node that it is on
 */
public record ScannedPod(String uid, String name, Optional<String> node, String hardened, PodState state) {
    /** Those that do not work first. */
    public static final Comparator<ScannedPod> WORST_FIRST = Comparator.comparing(
                    (ScannedPod pod) -> pod.state().phase())
            .thenComparing(pod -> -pod.state().restarts())
            .thenComparing(ScannedPod::name);
}

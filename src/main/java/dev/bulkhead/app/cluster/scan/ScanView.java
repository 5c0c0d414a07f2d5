package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of a cluster and what was found in it. No method asks the API server; any thread may call them. */
public interface ScanView extends ClusterState {
    /** What the last scan found; empty before the first. */
    Optional<Scan.Snapshot> last();

    /** What the last scan was made of. */
    Inventory inventory();

    /** The kinds that hold pods. */
    WorkloadKinds kinds();

    /** What the pods in the inventory show. */
    ObservedPods observedPods();

    /** When each exemption was last used at admission, by {@code namespace/name}, as far as their statuses say. */
    Map<String, Instant> lastUses();

    /** What could not be read, and what that means, in a sentence each. */
    List<String> limits();
}

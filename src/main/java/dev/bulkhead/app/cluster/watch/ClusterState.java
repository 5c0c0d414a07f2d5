package dev.bulkhead.app.cluster.watch;

import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.List;

/** What is known of the cluster, as of now; each answer is at once there, and none asks the API server. */
public interface ClusterState {
    /** The policies and exemptions there are, and what is in force by them. */
    PolicySnapshot declarations();

    /** The namespaces that are known. */
    List<Namespace> knownNamespaces();

    /** What pods can rely on. */
    ClusterCapabilities cluster();
}

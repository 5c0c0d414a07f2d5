package dev.bulkhead.app.cluster.watch;

import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.List;

/** The known state of the cluster; no method asks the API server. */
public interface ClusterState {
    /** The policies and exemptions, and what is in force because of them. */
    PolicySnapshot declarations();

    /** The known namespaces. */
    List<Namespace> knownNamespaces();

    /** What pods can rely on. */
    ClusterCapabilities cluster();
}

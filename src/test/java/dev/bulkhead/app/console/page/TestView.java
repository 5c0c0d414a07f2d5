package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same as a view of a cluster, of which no pod was observed. */
record TestView(TestData data) implements ScanView {
    @Override
    public Optional<Scan.Snapshot> last() {
        return data.lastScan();
    }

    @Override
    public Inventory inventory() {
        return data.inventory();
    }

    @Override
    public WorkloadKinds kinds() {
        return data.kinds();
    }

    @Override
    public ObservedPods observedPods() {
        return ObservedPods.bounded();
    }

    @Override
    public Map<String, Instant> lastUses() {
        return Map.of();
    }

    @Override
    public List<String> limits() {
        return data.limits();
    }

    @Override
    public PolicySnapshot declarations() {
        return data.policies();
    }

    @Override
    public List<Namespace> knownNamespaces() {
        return data.namespaces();
    }

    @Override
    public ClusterCapabilities cluster() {
        return data.cluster();
    }
}

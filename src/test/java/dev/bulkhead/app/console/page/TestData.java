package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What pages are made of, as one evaluation left it. */
record TestData(
        Scan.Snapshot scan,
        PolicySnapshot policies,
        List<Namespace> namespaces,
        Inventory inventory,
        Instant now,
        Trend trend)
        implements ConsoleData {
    TestData(
            Scan.Snapshot scan, PolicySnapshot policies, List<Namespace> namespaces, Inventory inventory, Instant now) {
        this(scan, policies, namespaces, inventory, now, new Trend());
        trend.record(scan);
    }

    @Override
    public Optional<Scan.Snapshot> lastScan() {
        return Optional.of(scan);
    }

    @Override
    public List<String> limits() {
        return List.of();
    }

    @Override
    public Optional<JsonNode> manifest(WorkloadId workload) {
        return inventory.manifest(workload);
    }

    @Override
    public Optional<Proposal> exemption(ScannedWorkload workload) {
        var denied = new ScanEvaluation(WorkloadKinds.builtIn())
                .denied(inventory, new ScanEvaluation.Result(List.of(workload), List.of()), Namespace::named);
        return new ExemptionProposer(
                        policies.policies(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        now,
                        now.plus(Duration.ofDays(90)),
                        "bulkhead-system")
                .propose(denied).stream().findFirst();
    }
}

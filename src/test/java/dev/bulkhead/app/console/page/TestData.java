package dev.bulkhead.app.console.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException;
import dev.bulkhead.app.cluster.scan.preview.Previews;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.trend.Trend;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.proposal.ExemptionProposer;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What pages are made of, as one evaluation left it. */
record TestData(
        Scan.Snapshot scan,
        PolicySnapshot policies,
        List<Namespace> namespaces,
        Inventory inventory,
        Instant now,
        Trend trend,
        Optional<List<Refusal>> refusals,
        Optional<WebhookHealth.Health> webhook,
        List<String> limits)
        implements ConsoleData {
    TestData(
            Scan.Snapshot scan, PolicySnapshot policies, List<Namespace> namespaces, Inventory inventory, Instant now) {
        this(
                scan,
                policies,
                namespaces,
                inventory,
                now,
                new Trend(),
                Optional.of(List.of()),
                Optional.empty(),
                List.of());
        trend.record(scan);
    }

    @Override
    public Optional<Scan.Snapshot> lastScan() {
        return Optional.of(scan);
    }

    /** The same with these refusals. */
    TestData with(List<Refusal> others) {
        return new TestData(scan, policies, namespaces, inventory, now, trend, Optional.of(others), webhook, limits);
    }

    /** The same with a webhook that is like this. */
    TestData with(WebhookHealth.Health health) {
        return new TestData(scan, policies, namespaces, inventory, now, trend, refusals, Optional.of(health), limits);
    }

    /** The same where this could not be read. */
    TestData without(String... unread) {
        return new TestData(scan, policies, namespaces, inventory, now, trend, refusals, webhook, List.of(unread));
    }

    @Override
    public List<ScannedPod> pods(WorkloadId workload) {
        return inventory.pods(workload);
    }

    @Override
    public Optional<ObservedPod> observed(String podUid) {
        return Optional.empty();
    }

    @Override
    public Map<String, Instant> lastUses() {
        return Map.of("bulkhead-system/fluentd-logs", now.minus(Duration.ofDays(19)));
    }

    @Override
    public Set<String> excludedNamespaces() {
        return Set.of("kube-system", "bulkhead-system");
    }

    @Override
    public OwnerLabels ownerLabels() {
        return OwnerLabels.DEFAULT;
    }

    @Override
    public String helpOf(RuleInfo rule) {
        return rule.helpUrl("https://handbook.example/rules/");
    }

    private Previews previews() {
        return new Previews(
                new TestView(this),
                new Previews.Settings(
                        () -> Set.of("kube-system"), OwnerLabels.DEFAULT, Duration.ofDays(180), "bulkhead-system"),
                Map::of,
                Clock.fixed(now, ZoneOffset.UTC));
    }

    @Override
    public Preview preview(PreviewQuery query) throws PreviewRefusedException {
        return previews().of(query);
    }

    @Override
    public List<Proposal> exemptions(PreviewQuery query) throws PreviewRefusedException {
        return previews().exemptions(query);
    }

    @Override
    public WorkloadKinds kinds() {
        return WorkloadKinds.builtIn();
    }

    @Override
    public ClusterCapabilities cluster() {
        return ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
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

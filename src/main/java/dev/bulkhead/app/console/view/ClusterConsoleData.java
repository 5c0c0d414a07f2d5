package dev.bulkhead.app.console.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.refusal.RecentRefusals;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.cluster.scan.ScanView;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException;
import dev.bulkhead.app.cluster.scan.preview.Previews;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.trend.Trend;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What pages are made of, from what is known of a cluster. Follows the scan from {@link #start} until it is closed. */
public final class ClusterConsoleData implements ConsoleData, AutoCloseable {
    /** More often than the trend has samples, so that it is known to some seconds since when a verdict stands. */
    private static final Reconciler.Pace PACE = new Reconciler.Pace(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(1));

    private final ScanView scan;
    private final Previews previews;
    private final Optional<RecentRefusals> refusals;
    private final WebhookHealth webhook;
    private final ScanEvaluation evaluation;
    private final Settings settings;
    private final Clock clock;
    private final Trend trend = new Trend();
    private final Reconciler following;

    /**
     * The settings of the platform team.
     *
     * @param maxExemptionDuration how far ahead an exemption may expire at most
     * @param home the namespace in which exemptions are proposed
     * @param excludedNamespaces whose workloads admission does not evaluate
     * @param ownerLabels which labels say to whom a workload belongs
     * @param rulePages the address of a rule's page, as {@link RuleInfo#helpUrl(String)} has it
     */
    public record Settings(
            Duration maxExemptionDuration,
            String home,
            Supplier<Set<String>> excludedNamespaces,
            OwnerLabels ownerLabels,
            String rulePages) {}

    /**
     * Creates it; nothing runs before {@link #start}.
     *
     * @param refusals empty where what is refused is not followed
     * @param webhook is closed together with this
     */
    public ClusterConsoleData(
            ScanView scan,
            Previews previews,
            Optional<RecentRefusals> refusals,
            WebhookHealth webhook,
            Settings settings,
            Clock clock) {
        this.scan = scan;
        this.previews = previews;
        this.refusals = refusals;
        this.webhook = webhook;
        this.evaluation = new ScanEvaluation(scan.kinds());
        this.settings = settings;
        this.clock = clock;
        this.following = new Reconciler("console-trend", () -> scan.last().ifPresent(trend::record), PACE);
    }

    /** Follows how verdicts change. */
    public void start() {
        following.start();
    }

    @Override
    public Optional<Scan.Snapshot> lastScan() {
        return scan.last();
    }

    @Override
    public PolicySnapshot policies() {
        return scan.declarations();
    }

    @Override
    public List<Namespace> namespaces() {
        return scan.knownNamespaces();
    }

    @Override
    public List<String> limits() {
        return scan.limits();
    }

    @Override
    public Optional<JsonNode> manifest(WorkloadId workload) {
        return scan.inventory().manifest(workload);
    }

    @Override
    public List<ScannedPod> pods(WorkloadId workload) {
        return scan.inventory().pods(workload);
    }

    @Override
    public Optional<ObservedPod> observed(String podUid) {
        return scan.observedPods().find(podUid);
    }

    @Override
    public Map<String, Instant> lastUses() {
        return scan.lastUses();
    }

    @Override
    public Set<String> excludedNamespaces() {
        return settings.excludedNamespaces().get();
    }

    @Override
    public OwnerLabels ownerLabels() {
        return settings.ownerLabels();
    }

    @Override
    public String helpOf(RuleInfo rule) {
        return rule.helpUrl(settings.rulePages());
    }

    @Override
    public Optional<WebhookHealth.Health> webhook() {
        return webhook.last();
    }

    @Override
    public Optional<Proposal> exemption(ScannedWorkload workload) {
        Map<String, Namespace> known = new HashMap<>();
        scan.knownNamespaces().forEach(namespace -> known.put(namespace.name(), namespace));
        Instant now = clock.instant();
        return new ExemptionProposer(
                        scan.declarations().policies(),
                        scan.cluster(),
                        now,
                        ExemptionProposer.expiry(now, settings.maxExemptionDuration()),
                        settings.home())
                        .propose(evaluation.denied(
                                scan.inventory(),
                                new ScanEvaluation.Result(List.of(workload), List.of()),
                                name -> known.getOrDefault(name, Namespace.named(name))))
                        .stream()
                        .findFirst();
    }

    @Override
    public Preview preview(PreviewQuery query) throws PreviewRefusedException {
        return previews.of(query);
    }

    @Override
    public List<Proposal> exemptions(PreviewQuery query) throws PreviewRefusedException {
        return previews.exemptions(query);
    }

    @Override
    public Optional<List<Refusal>> refusals() {
        return refusals.map(recent -> recent.since(Instant.EPOCH));
    }

    @Override
    public WorkloadKinds kinds() {
        return scan.kinds();
    }

    @Override
    public ClusterCapabilities cluster() {
        return scan.cluster();
    }

    @Override
    public Trend trend() {
        return trend;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void close() {
        following.close();
        webhook.close();
    }
}

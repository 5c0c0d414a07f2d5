package dev.bulkhead.app.console.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.doctor.WebhookHealth;
import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.UnreadResource;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.app.cluster.scan.preview.PreviewQuery;
import dev.bulkhead.app.cluster.scan.preview.PreviewRefusedException;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.trend.Trend;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What pages are made of. No method waits for the cluster; any thread may call it. */
public interface ConsoleData {
    /** What the last scan found; empty before the first has ended. */
    Optional<Scan.Snapshot> lastScan();

    /** The policies and exemptions, and what is in force because of them. */
    PolicySnapshot policies();

    /** The namespaces that are known. */
    List<Namespace> namespaces();

    /** The labels of each namespace that is known. */
    default Map<String, Map<String, String>> namespaceLabels() {
        Map<String, Map<String, String>> labels = new TreeMap<>();
        namespaces().forEach(namespace -> labels.put(namespace.name(), namespace.labels()));
        return labels;
    }

    /** What could not be read and what that means, a sentence each. */
    List<String> limits();

    /** Whether objects of that resource, in the plural, exist as far as is known but could not be read. */
    default boolean unread(String resource) {
        return limits().stream().anyMatch(limit -> UnreadResource.isNamedBy(limit, resource));
    }

    /** The pods of a workload that have not ended, those that do not work first. */
    List<ScannedPod> pods(WorkloadId workload);

    /** What the containers of that pod show; empty where that is not known. */
    Optional<ObservedPod> observed(String podUid);

    /** When each exemption was last used at admission, by {@code namespace/name}, as far as that is known. */
    Map<String, Instant> lastUses();

    /** The namespaces whose workloads admission does not evaluate. */
    Set<String> excludedNamespaces();

    /** Which labels say to whom a workload belongs. */
    OwnerLabels ownerLabels();

    /** The address of a rule's page. */
    String helpOf(RuleInfo rule);

    /** How the webhook itself is; empty while that is being read. */
    Optional<WebhookHealth.Health> webhook();

    /** A workload as it is in the cluster, without what no rule reads; empty if it is gone. */
    Optional<JsonNode> manifest(WorkloadId workload);

    /** The exemptions with which a denied workload would be admitted; empty if it is not denied, or gone. */
    Optional<Proposal> exemption(ScannedWorkload workload);

    /**
     * What would happen if something were enforced; this may take some seconds.
     *
     * @throws PreviewRefusedException if it cannot be said
     */
    Preview preview(PreviewQuery query) throws PreviewRefusedException;

    /**
     * The exemptions with which everything would be admitted then that is there now.
     *
     * @throws PreviewRefusedException if it cannot be said
     */
    List<Proposal> exemptions(PreviewQuery query) throws PreviewRefusedException;

    /** What was refused lately, the latest first; empty where that is not followed. */
    Optional<List<Refusal>> refusals();

    /** What holds pods. */
    WorkloadKinds kinds();

    /** What pods can rely on. */
    ClusterCapabilities cluster();

    /** How verdicts have changed since the process started. */
    Trend trend();

    Instant now();
}

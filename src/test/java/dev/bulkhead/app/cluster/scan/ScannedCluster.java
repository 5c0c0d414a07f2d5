package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster as a scan sees it, which is scanned when a test says so. */
public final class ScannedCluster implements ScanView {
    private final Inventory inventory = Inventory.unbounded();
    private final ScanEvaluation evaluation = new ScanEvaluation(WorkloadKinds.builtIn());
    private final Clock clock;
    private Optional<Scan.Snapshot> last = Optional.empty();
    private PolicySet policies = new PolicySet(List.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)), List.of());

    public ScannedCluster(Clock clock) {
        this.clock = clock;
    }

    /** There is a Deployment with that pod spec; its uid is its name with a prefix. */
    public void deployment(String namespace, String name, String spec) {
        deployment(namespace, name, spec, "u-" + name);
    }

    /** The same with that uid. */
    public void deployment(String namespace, String name, String spec, String uid) {
        inventory.put(ScannedKind.of(KubernetesKind.DEPLOYMENT), (ObjectNode)
                Yaml.tree("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %s, namespace: %s, uid: %s}
                spec:
                  template:
                    spec:
                %s
                """.formatted(name, namespace, uid, spec.indent(6))));
    }

    /** An object is gone. */
    public void remove(String uid) {
        inventory.remove(uid);
    }

    /** From now on these policies are in force. */
    public void evaluateBy(PolicySet other) {
        policies = other;
        evaluation.forget();
    }

    /** Evaluates what has changed. */
    public Scan.Snapshot scan() {
        Scan.Snapshot snapshot = new Scan.Snapshot(
                clock.instant(),
                evaluation.evaluate(
                        inventory,
                        new WorkloadEvaluation(
                                policies,
                                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                                clock.instant()),
                        Namespace::named));
        last = Optional.of(snapshot);
        return snapshot;
    }

    @Override
    public Optional<Scan.Snapshot> last() {
        return last;
    }

    @Override
    public Inventory inventory() {
        return inventory;
    }

    @Override
    public WorkloadKinds kinds() {
        return WorkloadKinds.builtIn();
    }

    @Override
    public ObservedPods observedPods() {
        throw new UnsupportedOperationException("no test asks for them");
    }

    @Override
    public Map<String, Instant> lastUses() {
        return Map.of();
    }

    @Override
    public List<String> limits() {
        return List.of();
    }

    @Override
    public PolicySnapshot declarations() {
        throw new UnsupportedOperationException("no test asks for them");
    }

    @Override
    public List<Namespace> knownNamespaces() {
        return List.of();
    }

    @Override
    public ClusterCapabilities cluster() {
        return ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);
    }
}

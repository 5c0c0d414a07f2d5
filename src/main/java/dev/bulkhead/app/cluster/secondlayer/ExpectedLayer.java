package dev.bulkhead.app.cluster.secondlayer;

import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.export.SecondLayer;
import dev.bulkhead.engine.export.SecondLayerExport;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the cluster should have.
 *
 * @param minor the minor version of its Kubernetes
 */
record ExpectedLayer(int minor, List<ExportedPolicy> policies) {
    ExpectedLayer {
        policies = List.copyOf(policies);
    }

    /** What says the policies and exemptions in force, to a cluster of that version. */
    static ExpectedLayer of(PolicySet policies, int minor, Instant now, WorkloadScope scope) {
        SecondLayer layer =
                SecondLayerExport.of(policies, ClusterCapabilities.offline(minor), now, scope.excludedNamespaces());
        List<ExportedPolicy> exported = new ArrayList<>();
        layer.policies().forEach(policy -> exported.add(ExportedPolicy.of(policy, scope)));
        layer.mutating().ifPresent(policy -> exported.add(ExportedPolicy.of(policy, scope)));
        return new ExpectedLayer(
                minor,
                exported.stream()
                        .filter(policy -> policy.kind().since() <= minor)
                        .toList());
    }
}

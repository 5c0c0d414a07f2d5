package dev.bulkhead.app.api;

import dev.bulkhead.app.cluster.ClusterRuntime;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Evaluates by the policies in force, for the cluster that the webhook evaluates for. */
@Singleton
@DefaultBean
final class PolicyManifestEvaluator implements ManifestEvaluator {
    private final ManifestReports reports;
    private final Supplier<PolicySet> inForce;
    private final Supplier<ClusterCapabilities> cluster;
    private final Function<String, Namespace> namespaces;

    PolicyManifestEvaluator(
            GateConfig config,
            WorkloadKinds kinds,
            Clock clock,
            Supplier<PolicySet> inForce,
            Optional<ClusterRuntime> cluster) {
        this.reports = new ManifestReports(config, kinds, clock);
        this.inForce = inForce;
        this.cluster = cluster.<Supplier<ClusterCapabilities>>map(runtime -> runtime.watch()::cluster)
                .orElse(() -> ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR));
        this.namespaces = cluster.<Function<String, Namespace>>map(runtime ->
                        name -> runtime.watch().namespaces().find(name, false).orElseGet(() -> Namespace.named(name)))
                .orElse(Namespace::named);
    }

    @Override
    public byte[] check(byte[] manifest, CheckParameters parameters, WorkMeter work) {
        return reports.check(manifest, parameters, inForce, cluster, namespaces, work);
    }
}

package dev.bulkhead.app.server;

import dev.bulkhead.app.cluster.report.ReportWriter;
import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.scan.ScanRuntime;
import dev.bulkhead.app.cluster.scan.node.KubeletAuthorities;
import dev.bulkhead.app.cluster.scan.node.NodeStatistics;
import dev.bulkhead.app.cluster.scan.node.WatchedStatistics;
import dev.bulkhead.app.cluster.scan.preview.Previews;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.text.FailureText;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** The beans that exist only in the console's process. */
final class ScanBeans {
    @Produces
    @Singleton
    Optional<ScanRuntime> scan(GateConfig config, WorkloadKinds kinds, Clock clock, Instance<KubernetesClient> client) {
        if (!config.scan().enabled()) {
            return Optional.empty();
        }
        return Optional.of(new ScanRuntime(
                client.get(),
                ClusterBeans.terms(config),
                kinds,
                excluded(config),
                config.cluster().persistentVolumes(),
                config.cluster()
                        .images()
                        .map(name -> new ImageConfigMap(config.cluster().namespace(), name)),
                config.scan().startFailures() ? Optional.of(ClusterBeans.podName(config)) : Optional.empty(),
                new ScanRuntime.RegistryAccess(
                        config.scan().registries().enabled(),
                        config.scan().registries().pullSecrets()),
                clock));
    }

    /** The namespaces for whose pods the API server does not ask the webhook. */
    private static Set<String> excluded(GateConfig config) {
        return config.scan()
                .excludedNamespaces()
                .map(ImmutableCopies::of)
                .orElseGet(() -> Set.of("kube-system", config.cluster().namespace()));
    }

    /** What kubelets say; empty if they are not asked. */
    @Produces
    @Singleton
    Optional<WatchedStatistics> statistics(GateConfig config, Instance<KubernetesClient> client) {
        GateConfig.NodeStats settings = config.scan().nodeStats();
        if (!config.scan().enabled() || !settings.enabled()) {
            return Optional.empty();
        }
        try {
            byte[] authorities = settings.ca().isPresent()
                    ? Files.readAllBytes(settings.ca().get())
                    : KubeletAuthorities.ofCluster(client.get().getConfiguration());
            return Optional.of(new WatchedStatistics(new NodeStatistics(
                    client.get(),
                    new NodeStatistics.Account(config.cluster().namespace(), settings.account()),
                    authorities,
                    WatchedStatistics.WITHIN)));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "bulkhead.scan.node-stats.ca", "the CAs of kubelets cannot be read: " + FailureText.message(e));
        }
    }

    /** Previews of what would be enforced; empty where nothing is scanned. */
    @Produces
    @Singleton
    Optional<Previews> previews(
            GateConfig config, Clock clock, Optional<ScanRuntime> scan, Optional<WatchedStatistics> statistics) {
        String home = config.cluster().namespace();
        Set<String> excluded = excluded(config);
        Previews.Settings settings = new Previews.Settings(
                () -> excluded,
                new OwnerLabels(config.scan().ownerLabels()),
                config.exemptions().maxDuration(),
                home);
        return scan.map(runtime -> new Previews(
                runtime,
                settings,
                () -> statistics.map(WatchedStatistics::written).orElse(Map.of()),
                clock));
    }

    void start(
            @Observes StartupEvent start,
            Optional<ScanRuntime> scan,
            Optional<WatchedStatistics> statistics,
            MeterRegistry meters) {
        statistics.ifPresent(WatchedStatistics::start);
        scan.ifPresent(runtime -> {
            runtime.start();
            for (Escape.Target target : Escape.Target.values()) {
                Gauge.builder(
                                "bulkhead.scan.escapes",
                                () -> runtime.last()
                                        .map(found -> (double) found.escapes(target))
                                        .orElse(Double.NaN))
                        .description("Workloads from which a way leads to root on the node or to cluster-admin")
                        .tag("to", target.label())
                        .register(meters);
            }
            for (Outcome verdict : Outcome.values()) {
                Gauge.builder(
                                "bulkhead.scan.workloads",
                                () -> runtime.last()
                                        .map(found -> (double) found.count(verdict))
                                        .orElse(Double.NaN))
                        .description("Workloads in the cluster, by what would be decided if they were created now")
                        .tag("verdict", verdict.label())
                        .register(meters);
            }
            Gauge.builder("bulkhead.scan.refusals", () -> runtime.refusals().size())
                    .description("Kinds of refusals that events in the cluster tell of")
                    .register(meters);
            runtime.startFailures()
                    .ifPresent(failures -> failures.counts()
                            .forEach((reason, times) -> FunctionCounter.builder(
                                            "bulkhead.start.failures", times, LongAdder::sum)
                                    .description("Containers that did not start because of what was filled in")
                                    .tag("reason", reason)
                                    .register(meters)));
        });
    }

    @Produces
    @Singleton
    Optional<ReportWriter> reports(
            GateConfig config, Clock clock, Instance<KubernetesClient> client, Optional<ScanRuntime> scan) {
        return scan.filter(runtime -> config.reports().enabled())
                .map(runtime -> new ReportWriter(client.get(), config.reports().api(), runtime, clock));
    }

    void startReports(@Observes StartupEvent start, Optional<ReportWriter> reports, MeterRegistry meters) {
        reports.ifPresent(writer -> {
            writer.start();
            count(meters, "bulkhead.reports.written", "Reports that were created or changed", writer.written());
            count(meters, "bulkhead.reports.deleted", "Reports that were deleted", writer.deleted());
            count(
                    meters,
                    "bulkhead.reports.failed",
                    "Writes and deletions of reports that the API server refused",
                    writer.failed());
        });
    }

    private static void count(MeterRegistry meters, String name, String description, LongAdder times) {
        FunctionCounter.builder(name, times, LongAdder::sum)
                .description(description)
                .register(meters);
    }

    void stop(
            @Observes ShutdownEvent stop,
            Optional<ScanRuntime> scan,
            Optional<ReportWriter> reports,
            Optional<WatchedStatistics> statistics) {
        reports.ifPresent(ReportWriter::close);
        statistics.ifPresent(WatchedStatistics::close);
        scan.ifPresent(ScanRuntime::close);
    }
}

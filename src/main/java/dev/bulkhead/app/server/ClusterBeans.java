package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.cluster.ClusterPlace;
import dev.bulkhead.app.cluster.ClusterRuntime;
import dev.bulkhead.app.cluster.refusal.RefusalEvents;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** The beans that exist only in a cluster. */
final class ClusterBeans {
    @Produces
    @Singleton
    Optional<ClusterRuntime> cluster(GateConfig config, Clock clock, Instance<KubernetesClient> client) {
        GateConfig.ClusterSettings settings = config.cluster();
        if (!settings.enabled() || config.scan().enabled()) {
            return Optional.empty();
        }
        if (config.policy().files().isPresent()) {
            throw new ConfigurationException(
                    "bulkhead.policy.files",
                    "policies come either from files or, with bulkhead.cluster.enabled, from the cluster");
        }
        Terms terms = terms(config);
        ClusterPlace place = new ClusterPlace(
                settings.namespace(),
                podName(config),
                settings.service(),
                settings.lease(),
                settings.webhookConfiguration(),
                settings.repair(),
                config.tls().cert().isPresent()
                        ? Optional.empty()
                        : Optional.of(config.tls().secret()),
                config.tls().caPropagationDelay(),
                settings.spareMutateCalls()
                        ? Optional.of(settings.harmlessWebhooks().orElse(List.of()))
                        : Optional.empty(),
                settings.persistentVolumes(),
                settings.images(),
                settings.secondLayer());
        ClusterRuntime cluster = new ClusterRuntime(client.get(), place, terms, clock);
        config.tls().ca().ifPresent(file -> cluster.bundleFrom(new CaFile(file)::read));
        return Optional.of(cluster);
    }

    @Produces
    @Singleton
    Optional<RefusalEvents> refusals(
            GateConfig config, Clock clock, Instance<KubernetesClient> client, Optional<ClusterRuntime> cluster) {
        return cluster.filter(runtime -> config.refusals().events())
                .map(runtime -> new RefusalEvents(client.get(), podName(config), clock));
    }

    /** On which terms the cluster's policies and exemptions are read. */
    static Terms terms(GateConfig config) {
        return new Terms(
                GateBeans.builtIn(config),
                config.policy().defaultPolicy(),
                new HashSet<>(config.exemptions()
                        .namespaces()
                        .orElseGet(() -> List.of(config.cluster().namespace()))),
                config.exemptions().maxDuration());
    }

    /** The name of this process's pod. */
    static String podName(GateConfig config) {
        return config.cluster().pod().orElseGet(ClusterBeans::hostName);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "bulkhead";
        }
    }

    void start(
            @Observes StartupEvent start,
            Optional<ClusterRuntime> cluster,
            @Identifier(GateConfig.TLS) ServedCertificate certificate,
            CertificateReload reload,
            MeterRegistry meters) {
        cluster.ifPresent(runtime -> {
            runtime.start(certificate::current, reload::now);
            Gauge.builder("bulkhead.webhook.in.sync", runtime, ClusterBeans::inSync)
                    .description("Whether the webhook configurations are as installed and trust the served certificate")
                    .register(meters);
            Gauge.builder(
                            "bulkhead.policies",
                            () -> runtime.watch().declarations().policyStates().size())
                    .description("Policies in the cluster, besides the built-in one")
                    .register(meters);
            runtime.undoneWrites()
                    .forEach(
                            (writer, times) -> FunctionCounter.builder("bulkhead.webhook.undone", times, LongAdder::sum)
                                    .description(
                                            "How often somebody has undone what this replica wrote in the webhook configurations")
                                    .tag("by", writer)
                                    .register(meters));
            if (runtime.keepsSecondLayer()) {
                Gauge.builder("bulkhead.second.layer.in.sync", runtime, ClusterBeans::secondLayerInStep)
                        .description(
                                "Whether the API server's own admission policies are in step with the policies; said by the leader")
                        .register(meters);
            }
            Gauge.builder("bulkhead.leader", runtime, leading -> leading.isLeading() ? 1 : 0)
                    .description("Whether this replica is the one that writes")
                    .register(meters);
        });
    }

    void start(@Observes StartupEvent start, Optional<RefusalEvents> refusals, MeterRegistry meters) {
        refusals.ifPresent(events -> {
            events.start();
            events.counts()
                    .forEach((result, times) -> FunctionCounter.builder(
                                    "bulkhead.refusal.events", times, LongAdder::sum)
                            .description("Events about what was refused, and refusals that none tells of, by result")
                            .tag("result", result)
                            .register(meters));
        });
    }

    private static double inSync(ClusterRuntime runtime) {
        return number(runtime.isInSync());
    }

    private static double secondLayerInStep(ClusterRuntime runtime) {
        return number(runtime.isSecondLayerInStep());
    }

    private static double number(Optional<Boolean> answer) {
        return answer.map(yes -> yes ? 1.0 : 0.0).orElse(Double.NaN);
    }

    /** Lets another replica lead while this one shuts down. */
    void stepDown(@Observes ShutdownDelayInitiatedEvent stop, Optional<ClusterRuntime> cluster) {
        cluster.ifPresent(ClusterRuntime::stepDown);
    }

    void stop(@Observes ShutdownEvent stop, Optional<ClusterRuntime> cluster, Optional<RefusalEvents> refusals) {
        refusals.ifPresent(RefusalEvents::close);
        cluster.ifPresent(ClusterRuntime::close);
    }
}

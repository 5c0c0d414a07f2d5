package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.NamespaceRelabelWarnings;
import dev.bulkhead.app.admission.PolicyAdmissionService;
import dev.bulkhead.app.admission.PolicyResourceValidator;
import dev.bulkhead.app.admission.ReachabilityProbeValidator;
import dev.bulkhead.app.admission.ResourceValidator;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.certificate.CertificateFiles;
import dev.bulkhead.app.certificate.CertificateSource;
import dev.bulkhead.app.certificate.EphemeralCertificate;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.cluster.ClusterRuntime;
import dev.bulkhead.app.cluster.refusal.RefusalEvents;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.observability.DecisionLog;
import dev.bulkhead.app.observability.DecisionMetrics;
import dev.bulkhead.app.observability.DecisionTrace;
import dev.bulkhead.app.observability.ExemptionUsageListener;
import dev.bulkhead.app.observability.RefusalEventListener;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Builds the server's beans from its configuration. */
public final class GateBeans {
    @Produces
    @Singleton
    @DefaultBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    @Identifier(GateConfig.TLS)
    ServedCertificate certificate(GateConfig config, Clock clock, Optional<ClusterRuntime> cluster) {
        Optional<Path> certificate = config.tls().cert();
        Optional<Path> key = config.tls().key();
        if (certificate.isPresent() && key.isPresent()) {
            return new ServedCertificate(new CertificateFiles(certificate.get(), key.get(), clock));
        }
        if (certificate.isPresent() || key.isPresent()) {
            throw new ConfigurationException("bulkhead.tls", "expected both cert and key, found only one of them");
        }
        return new ServedCertificate(cluster.flatMap(ClusterRuntime::certificate)
                .<CertificateSource>map(shared -> shared)
                .orElseGet(() -> new EphemeralCertificate(clock)));
    }

    @Produces
    @Singleton
    WorkloadKinds kinds(GateConfig config) {
        try {
            return WorkloadKinds.builtIn().with(config.workloads().kinds().orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("bulkhead.workloads.kinds", String.valueOf(e.getMessage()));
        }
    }

    @Produces
    @Singleton
    Supplier<PolicySet> policies(
            GateConfig config, Clock clock, MeterRegistry meters, Vertx vertx, Optional<ClusterRuntime> cluster) {
        return cluster.<Supplier<PolicySet>>map(runtime -> runtime.watch()::policies)
                .orElseGet(() -> inForce(config, clock, meters, vertx));
    }

    /** Created at startup, so that policies that cannot be used stop it. */
    @Produces
    @Singleton
    @Startup
    PolicyAdmissionService service(
            GateConfig config,
            WorkloadKinds kinds,
            Clock clock,
            MeterRegistry meters,
            Supplier<PolicySet> policies,
            Optional<ClusterRuntime> cluster,
            Optional<RefusalEvents> refusals) {
        List<DecisionListener> listeners =
                new ArrayList<>(List.of(new DecisionMetrics(meters, kinds), new DecisionLog(config.log())));
        if (!config.tracing().disabled()) {
            listeners.add(new DecisionTrace());
        }
        refusals.ifPresent(events -> listeners.add(new RefusalEventListener(
                events, guidance(config), config.refusals().users())));
        List<ResourceValidator> validators = new ArrayList<>();
        WorkloadAdmission workloads =
                new WorkloadAdmission(kinds, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock);
        if (cluster.isPresent()) {
            ClusterRuntime runtime = cluster.get();
            listeners.add(new ExemptionUsageListener(runtime.uses(), clock));
            workloads = new WorkloadAdmission(
                    kinds, runtime.watch()::cluster, clock, runtime.watch().namespaces());
            validators.add(new ReachabilityProbeValidator(config.cluster().namespace()));
            validators.add(new NamespaceRelabelWarnings(
                    runtime.watch()::cluster, runtime.watch()::isCurrent, runtime::podsIn, kinds, clock));
        }
        Set<String> exemptionNamespaces = ImmutableCopies.of(config.exemptions()
                .namespaces()
                .orElseGet(() -> List.of(config.cluster().namespace())));
        validators.add(new PolicyResourceValidator(
                exemptionNamespaces,
                config.exemptions().maxDuration(),
                config.policy().defaultPolicy().fallback(builtIn(config)),
                clock));
        return new PolicyAdmissionService(
                new AdmissionReviewHandler(workloads, validators, DecisionListener.of(listeners), guidance(config)),
                policies);
    }

    /** Where messages send their readers. */
    static Guidance guidance(GateConfig config) {
        Guidance guidance = checked(
                "bulkhead.docs.url", Guidance.DEFAULT::withPages, config.docs().url());
        return config.contact()
                .map(contact -> checked("bulkhead.contact", guidance::withContact, contact))
                .orElse(guidance);
    }

    private static Guidance checked(String key, Function<String, Guidance> setting, String value) {
        try {
            return setting.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key, String.valueOf(e.getMessage()));
        }
    }

    /** The policy that applies where no other does. */
    static Policy builtIn(GateConfig config) {
        Profile profile = Profile.parse(config.policy().profile())
                .orElseThrow(() -> new ConfigurationException(
                        "bulkhead.policy.profile",
                        "expected " + Profile.NAMES + ", found "
                                + config.policy().profile()));
        return Policy.builtIn(profile, config.policy().mode());
    }

    private static Supplier<PolicySet> inForce(GateConfig config, Clock clock, MeterRegistry meters, Vertx vertx) {
        Policy builtIn = builtIn(config);
        Optional<List<Path>> files = config.policy().files();
        DefaultPolicy defaultPolicy = config.policy().defaultPolicy();
        if (files.isEmpty()) {
            if (defaultPolicy == DefaultPolicy.NONE) {
                throw new ConfigurationException(
                        "bulkhead.policy.default-policy",
                        "there are no policies, so with \"none\" nothing would be evaluated");
            }
            PolicySet policies = new PolicySet(List.of(builtIn), List.of());
            return () -> policies;
        }
        Counter failures = Counter.builder("bulkhead.policy.reload.failures")
                .description("Changes to the policy files that could not be used")
                .register(meters);
        PolicyFileReloader reloader = new PolicyFileReloader(
                files.get(), builtIn, defaultPolicy, config.exemptions().maxDuration(), clock, failures);
        WorkerExecutor executor = vertx.createSharedWorkerExecutor("policy-files", 1);
        vertx.setPeriodic(
                config.policy().reloadEvery().toMillis(),
                timer -> executor.executeBlocking(
                        () -> {
                            reloader.look();
                            return true;
                        },
                        true));
        return reloader;
    }
}

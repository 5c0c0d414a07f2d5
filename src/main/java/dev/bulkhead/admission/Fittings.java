package dev.bulkhead.admission;

import dev.bulkhead.certificate.CertificateFiles;
import dev.bulkhead.certificate.OwnCertificate;
import dev.bulkhead.certificate.ServedCertificate;
import dev.bulkhead.policy.Policies;
import dev.bulkhead.policy.Profile;
import dev.bulkhead.rule.Cluster;
import dev.bulkhead.workload.WorkloadKinds;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the gate is fitted out with, by its configuration. */
final class Fittings {
    /** The TLS configuration that the gate serves by. */
    static final String TLS = "gate";

    @Produces
    @Singleton
    @DefaultBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    @Identifier(TLS)
    ServedCertificate certificate(GateConfig config, Clock clock) {
        Optional<Path> certificate = config.tls().cert();
        Optional<Path> key = config.tls().key();
        if (certificate.isPresent() && key.isPresent()) {
            return new ServedCertificate(new CertificateFiles(certificate.get(), key.get(), clock));
        }
        if (certificate.isPresent() || key.isPresent()) {
            throw new IllegalStateException("bulkhead.tls.cert and bulkhead.tls.key must be set together");
        }
        return new ServedCertificate(new OwnCertificate(clock));
    }

    /** Made at the start, so that policies that cannot be used stop it. */
    @Produces
    @Singleton
    @Startup
    Reviewer reviewer(GateConfig config, Clock clock, MeterRegistry meters, Vertx vertx) {
        Gate gate = new Gate(WorkloadKinds.builtIn(), Cluster.offline(Cluster.NEWEST_MINOR), clock);
        return new GateReviewer(new Reviews(gate), policies(config, clock, meters, vertx));
    }

    private static Supplier<Policies> policies(GateConfig config, Clock clock, MeterRegistry meters, Vertx vertx) {
        Profile profile = Profile.parse(config.policy().profile())
                .orElseThrow(() -> new IllegalStateException("bulkhead.policy.profile: expected " + Profile.NAMES
                        + ", found " + config.policy().profile()));
        Optional<List<Path>> files = config.policy().files();
        if (files.isEmpty()) {
            Policies builtIn = Policies.of(profile);
            return () -> builtIn;
        }
        Counter failures = Counter.builder("bulkhead.policy.reload.failures")
                .description("Changes to the policy files that could not be used")
                .register(meters);
        PolicyFileWatch watch = new PolicyFileWatch(files.get(), profile, clock, failures);
        WorkerExecutor reading = vertx.createSharedWorkerExecutor("policy-files", 1);
        vertx.setPeriodic(
                config.policy().reloadEvery().toMillis(),
                timer -> reading.executeBlocking(
                        () -> {
                            watch.look();
                            return true;
                        },
                        true));
        return watch;
    }
}

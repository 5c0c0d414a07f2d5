package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Evaluates sample reviews until the code is compiled, before the server reports ready: the API server prefers the
 * connection that it used last, so the other replicas stay idle, and the first reviews after a failover must not be
 * the slowest.
 */
@Readiness
@Singleton
final class WarmUp implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(WarmUp.class);
    private static final String REVIEW = "/dev/bulkhead/docs/examples/review.json";

    private final int times;
    private final AdmissionReviewHandler reviews;
    private final Supplier<PolicySet> policies;
    private volatile boolean over;

    /** Evaluates with the policies in force, without counting or logging. */
    WarmUp(GateConfig config, WorkloadKinds kinds, Clock clock, Supplier<PolicySet> policies) {
        this.times = config.scan().enabled() ? 0 : config.admission().warmUp();
        this.reviews =
                AdmissionReviewHandler.by(kinds, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock);
        this.policies = policies;
    }

    void begin(@Observes StartupEvent start) {
        Thread thread = new Thread(this::evaluate, "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private void evaluate() {
        try {
            byte[] review = review();
            for (int i = 0; i < times; i++) {
                reviews.answer(Path.MUTATE, review, policies);
                reviews.answer(Path.VALIDATE, review, policies);
            }
        } catch (RuntimeException e) {
            LOG.warn("the warm-up failed, so the first answers are slow", e);
        } finally {
            over = true;
        }
    }

    private static byte[] review() {
        try (InputStream in = WarmUp.class.getResourceAsStream(REVIEW)) {
            if (in == null) {
                throw new IllegalStateException(REVIEW + " is not in the program");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("warm").status(over).build();
    }
}

package dev.bulkhead.app.warmup;

import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.admission.PolicyAdmissionService;
import dev.bulkhead.app.admission.WorkloadAdmission;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.observability.DecisionLog;
import dev.bulkhead.app.observability.DecisionMetrics;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the server's requests to itself from those of others. They are recognised by the port that the server itself has
 * bound on the loopback interface, which nobody else can have at that time, and are evaluated with the policies in force,
 * but counted and logged where nobody reads it.
 */
@Singleton
public final class WarmUpTraffic {
    private static final String LOOPBACK = "127.0.0.1";

    private final AdmissionService service;
    private volatile int port;
    private volatile long lastOfOthers = System.nanoTime() - Duration.ofDays(1).toNanos();

    @Inject
    WarmUpTraffic(WorkloadKinds kinds, Clock clock, Supplier<PolicySet> policies, GateConfig config) {
        this(
                kinds,
                clock,
                policies,
                DecisionListener.of(List.of(
                        new DecisionMetrics(new SimpleMeterRegistry(), kinds), DecisionLog.unheard(config.log()))));
    }

    WarmUpTraffic(WorkloadKinds kinds, Clock clock, Supplier<PolicySet> policies, DecisionListener listener) {
        this.service = new PolicyAdmissionService(
                new AdmissionReviewHandler(
                        new WorkloadAdmission(
                                kinds, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock),
                        listener),
                policies);
    }

    /** The service that answers a request of the server to itself; empty for those of others. */
    public Optional<AdmissionService> serviceFor(SocketAddress client) {
        int own = port;
        if (own == 0) {
            return Optional.empty();
        }
        if (client.port() == own && LOOPBACK.equals(client.hostAddress())) {
            return Optional.of(service);
        }
        lastOfOthers = System.nanoTime();
        return Optional.empty();
    }

    /** The same without HTTP. */
    AdmissionService service() {
        return service;
    }

    /** From now on requests from that port of the loopback interface are the server's own. */
    void begin(int localPort) {
        port = localPort;
    }

    void end() {
        port = 0;
    }

    /** Whether somebody else has sent a request in this time. */
    boolean othersWithin(Duration time) {
        return System.nanoTime() - lastOfOthers < time.toNanos();
    }
}

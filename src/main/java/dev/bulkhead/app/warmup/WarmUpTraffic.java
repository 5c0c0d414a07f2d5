package dev.bulkhead.app.warmup;

import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.PolicyAdmissionService;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the server's requests to itself from those of others. They are recognised by the port that the server itself has
 * bound on the loopback interface, which nobody else can have at that time, and are evaluated with the policies in force,
 * but neither counted nor logged.
 */
@Singleton
public final class WarmUpTraffic {
    private static final String LOOPBACK = "127.0.0.1";

    private final AdmissionService service;
    private volatile int port;
    private volatile long lastOfOthers = System.nanoTime() - Duration.ofDays(1).toNanos();

    WarmUpTraffic(WorkloadKinds kinds, Clock clock, Supplier<PolicySet> policies) {
        this.service = new PolicyAdmissionService(
                AdmissionReviewHandler.by(kinds, ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR), clock),
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

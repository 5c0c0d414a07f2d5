package dev.bulkhead.app.warmup;

import com.sun.management.OperatingSystemMXBean;
import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.tls.TlsImplementation;
import dev.bulkhead.app.warmup.SampleReviews.Sample;
import io.netty.handler.ssl.SslContext;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServer;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Sends sample reviews to the server itself until the code on their way is compiled, before it reports ready: the API
 * server prefers the connection that it used last, so the other replicas stay idle, and the first reviews after a failover
 * must not be the slowest. They take the way of real ones: TLS, HTTP, evaluation, answer.
 */
@Readiness
@Singleton
final class WarmUp implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    /** Longer than this it does not wait for the port and the certificate, which readiness waits for by itself. */
    private static final Duration CONNECTING = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /**
     * So many reviews are compared with the next: enough that what the clock of the processor does not resolve is small. Each
     * round has a connection of its own, because the server's event loops take turns, and the first one on each takes longer.
     */
    private static final int ROUND = 55;

    /** Each with every sample. A collection of the whole heap has all compiled code prepared anew when it is entered next. */
    private static final int CONNECTIONS_AFTERWARDS = 2;

    private final int reviews;
    private final boolean overHttp;
    private final Duration longest;
    private final int configuredPort;
    private final WarmUpTraffic traffic;
    private final HttpServer server;
    private final TlsImplementation tls;
    private final OperatingSystemMXBean processor = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private volatile boolean over;
    private volatile boolean stopping;

    private final AtomicInteger sent = new AtomicInteger();

    /** What the first connection has shaken hands by. */
    private Optional<SslContext> shaken = Optional.empty();

    WarmUp(GateConfig config, WarmUpTraffic traffic, HttpServer server, TlsImplementation tls) {
        this.reviews = config.scan().enabled() ? 0 : config.admission().warmUp();
        // Each request would leave a trace.
        this.overHttp = config.tracing().disabled();
        this.longest = config.admission().warmUpTime();
        this.configuredPort = config.admission().port();
        this.traffic = traffic;
        this.server = server;
        this.tls = tls;
    }

    void begin(@Observes StartupEvent start) {
        if (reviews == 0) {
            over = true;
            return;
        }
        Thread thread = new Thread(this::run, "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    void stop(@Observes ShutdownDelayInitiatedEvent asked) {
        stopping = true;
    }

    void stop(@Observes ShutdownEvent asked) {
        stopping = true;
    }

    private void run() {
        try {
            List<Sample> samples = SampleReviews.all();
            if (!overHttp || !send(samples)) {
                evaluate(samples);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (!stopping) {
                LOG.warn("the warm-up failed, so the first answers are slow", e);
            }
        } finally {
            over = true;
        }
    }

    /** False if the server cannot be reached on the loopback interface. */
    private boolean send(List<Sample> samples) throws IOException, InterruptedException {
        List<byte[]> requests = samples.stream()
                .map(sample -> LoopbackConnection.request(sample.urlPath(), sample.review()))
                .toList();
        try {
            Optional<LoopbackConnection> connected = connectBefore(System.nanoTime() + CONNECTING.toNanos());
            if (connected.isEmpty()) {
                return false;
            }
            long end = System.nanoTime() + longest.toNanos();
            SettlingCost cost = new SettlingCost();
            cost.settledAt(processor.getProcessCpuTime());
            while (connected.isPresent()) {
                send(connected.get(), requests, Math.min(ROUND, reviews - sent.get()), end);
                boolean enough = cost.settledAt(processor.getProcessCpuTime()) || sent.get() == reviews || isOver(end);
                connected = enough ? Optional.empty() : connectBefore(end);
            }
            LOG.debugf("warmed up by %d reviews", sent.get());
            collect();
            for (int i = 0; i < CONNECTIONS_AFTERWARDS && !isOver(end); i++) {
                connected = connectBefore(end);
                if (connected.isPresent()) {
                    send(connected.get(), requests, requests.size(), end);
                }
            }
        } finally {
            traffic.end();
        }
        return true;
    }

    /** Sends so many over a connection and closes it; fewer if the time is over before. */
    private void send(LoopbackConnection connection, List<byte[]> requests, int count, long end)
            throws IOException, InterruptedException {
        try (connection) {
            for (int i = 0; i < count && !isOver(end); i++) {
                while (traffic.othersWithin(PAUSE) && System.nanoTime() - end < 0) {
                    Thread.sleep(PAUSE.toMillis());
                }
                int status = connection.send(requests.get(sent.get() % requests.size()));
                if (status != 200) {
                    throw new IOException("the server answered a sample review with " + status);
                }
                sent.incrementAndGet();
            }
        }
    }

    private boolean isOver(long end) {
        return stopping || System.nanoTime() - end >= 0;
    }

    /** The heap shrinks only when all of it is collected, which would otherwise happen some time under load. */
    private void collect() {
        if (!stopping) {
            System.gc();
        }
    }

    private Optional<LoopbackConnection> connectBefore(long end) throws InterruptedException {
        while (!isOver(end)) {
            try {
                int port = server.getSecurePort() > 0 ? server.getSecurePort() : configuredPort;
                if (port > 0) {
                    SslContext context = shaken.isPresent() ? shaken.get() : LoopbackConnection.context(tls.inUse());
                    LoopbackConnection connection = new LoopbackConnection(port, context, traffic::begin);
                    shaken = Optional.of(context);
                    return Optional.of(connection);
                }
            } catch (IOException | RuntimeException e) {
                // A server that cannot start is stopped without a word to anybody.
                LOG.debugf("not reachable yet: %s", e);
            }
            Thread.sleep(PAUSE.toMillis());
        }
        return Optional.empty();
    }

    private void evaluate(List<Sample> samples) {
        long end = System.nanoTime() + longest.toNanos();
        evaluate(samples, reviews, end);
        collect();
        evaluate(samples, samples.size(), end);
    }

    private void evaluate(List<Sample> samples, int count, long end) {
        for (int i = 0; i < count && !isOver(end); i++) {
            Sample sample = samples.get(i % samples.size());
            traffic.service().attempt(sample.path(), Optional.empty(), sample.review(), AdmissionContext.unlimited());
        }
    }

    /** How many reviews were answered over HTTPS. */
    int sent() {
        return sent.get();
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("warm").status(over).build();
    }
}

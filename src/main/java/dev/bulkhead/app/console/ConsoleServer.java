package dev.bulkhead.app.console;

import dev.bulkhead.app.api.ApiListener;
import dev.bulkhead.app.api.ManifestEvaluator;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.listener.OwnListener;
import dev.bulkhead.app.observability.AccessLog;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/** The console's own listener, in the console's process only. */
@Singleton
public final class ConsoleServer implements ApiListener, ConsoleRequests.Carrier {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String EVERYWHERE = "0.0.0.0";

    /** Addresses of previews name many things; a manifest is sent as a form. */
    private static final int MOST_LINE_BYTES = 8 * 1024;

    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final GateConfig config;
    private final Instance<ConsoleRequests> requests;
    private final Instance<ViewerEvaluation> evaluation;
    private final Clock clock;
    private final AccessLog log;
    private final Map<HttpConnection, Viewer> viewers = new ConcurrentHashMap<>();
    private volatile Optional<OwnListener> running = Optional.empty();

    ConsoleServer(
            GateConfig config, Instance<ConsoleRequests> requests, Instance<ViewerEvaluation> evaluation, Clock clock) {
        this.config = config;
        this.requests = requests;
        this.evaluation = evaluation;
        this.clock = clock;
        this.log = new AccessLog(config.log());
    }

    void start(@Observes StartupEvent start) {
        GateConfig.Console console = config.console();
        if (!console.enabled()) {
            return;
        }
        ConsoleRequests handler = requests.get();
        Optional<ConsoleCertificate> certificate = ConsoleCertificate.of(console.tls(), clock);
        String host = isOnLoopback(console) ? LOOPBACK : EVERYWHERE;
        OwnListener listener = OwnListener.create(
                new OwnListener.Options(
                        host,
                        console.port(),
                        console.maxConnections(),
                        MOST_LINE_BYTES,
                        certificate.map(ConsoleCertificate::load)),
                new OwnListener.Handlers() {
                    @Override
                    public void handle(HttpServerRequest request) {
                        handler.handle(request, ConsoleServer.this);
                    }

                    @Override
                    public void refuseUnreadable(HttpServerRequest request) {
                        handler.refuseUnreadable(request, ConsoleServer.this);
                    }
                });
        running = Optional.of(listener);
        try {
            listener.listen();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "bulkhead.console.port",
                    "cannot listen on " + host + ", port " + console.port() + ": it is in use, or this user may not");
        }
        certificate.ifPresent(files -> files.watch(listener, config.tls().reloadEvery()));
    }

    /** Without TLS only the loopback interface is safe, unless the settings allow plain HTTP from a proxy. */
    static boolean isOnLoopback(GateConfig.Console console) {
        boolean secured =
                console.tls().cert().isPresent() || console.tls().key().isPresent();
        boolean plainProxy =
                console.proxy().plain() && console.proxy().userHeader().isPresent();
        return console.local() || (!secured && !plainProxy);
    }

    void stop(@Observes ShutdownEvent stop) {
        running.ifPresent(listener -> {
            listener.close(DRAIN);
            requests.get().close();
        });
        running = Optional.empty();
    }

    /** The port it listens on, if it does. */
    public OptionalInt port() {
        return running.map(listener -> OptionalInt.of(listener.port())).orElseGet(OptionalInt::empty);
    }

    @Override
    public void admit(HttpConnection connection, Viewer viewer) {
        // A connection that was closed in the meantime has no end at which its sender would be forgotten.
        if (running.filter(listener -> listener.carries(connection)).isPresent()) {
            viewers.put(connection, viewer);
        }
    }

    /** Who sent the request that is answered on that connection; empty if it came by another listener. */
    public Optional<Viewer> viewer(HttpConnection connection) {
        return Optional.ofNullable(viewers.get(connection));
    }

    /** Whether a request on that connection came by this listener, and its sender is known. */
    @Override
    public boolean carries(HttpConnection connection) {
        return viewers.containsKey(connection)
                && running.filter(listener -> listener.carries(connection)).isPresent();
    }

    @Override
    public Optional<ManifestEvaluator> evaluator(HttpConnection connection) {
        return viewer(connection).map(viewer -> evaluation.get().of(viewer));
    }

    @Override
    public void end(HttpServerRequest request, boolean answered, long start) {
        viewers.remove(request.connection());
        if (answered) {
            log.note(
                    request,
                    request.response().getStatusCode(),
                    request.response().bytesWritten(),
                    start);
        }
        running.ifPresent(listener -> listener.end(request.connection()));
    }
}

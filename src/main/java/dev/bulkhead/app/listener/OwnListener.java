package dev.bulkhead.app.listener;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A listener with an event loop of its own and a limited number of connections. Nothing that happens here takes time
 * from the event loops that read reviews.
 */
public final class OwnListener {
    private static final int MOST_HEADER_BYTES = 16 * 1024;

    /** More than binding a port and closing a listener take. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final Vertx vertx;
    private final HttpServer server;
    private final ListenerConnections connections;
    private final Times times;
    private final Optional<RenewableKey> key;

    private OwnListener(
            Vertx vertx, HttpServer server, ListenerConnections connections, Times times, Optional<RenewableKey> key) {
        this.vertx = vertx;
        this.server = server;
        this.key = key;
        this.connections = connections;
        this.times = times;
    }

    /**
     * How long a client may take.
     *
     * @param handshake for TLS
     * @param idle for the head of a request, from the end of the last one
     * @param busy for the rest of a request and until it is answered, and again to read the answer
     * @param sweep how often that is looked at
     */
    record Times(Duration handshake, Duration idle, Duration busy, Duration sweep) {
        /**
         * Before it says that an answer took too long, the console takes 30 seconds to find out who asks, the time for the
         * body, and 30 seconds to make the answer. Such an answer is a few MiB at most.
         */
        static final Times USUAL =
                new Times(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofSeconds(5));
    }

    /**
     * Where to listen, and what to accept.
     *
     * @param maxConnections how many may be open, and besides how many may be in their handshake
     */
    public record Options(
            String host, int port, int maxConnections, int maxLineBytes, Optional<KeyCertOptions> certificate) {}

    /** What answers. It must {@link OwnListener#end} every request. */
    public interface Handlers {
        /** A request whose head has been read. */
        void handle(HttpServerRequest request);

        /** A request that is not HTTP, or too long. */
        void refuseUnreadable(HttpServerRequest request);
    }

    /** A listener that does not listen yet. */
    public static OwnListener create(Options options, Handlers handlers) {
        return create(options, Times.USUAL, handlers);
    }

    static OwnListener create(Options options, Times times, Handlers handlers) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        ListenerConnections connections = new ListenerConnections(options.maxConnections());
        Handler<HttpServerRequest> begin = request -> {
            connections.begin(request.connection());
            handlers.handle(request);
        };
        Optional<RenewableKey> key =
                options.certificate().map(certificate -> new RenewableKey(keyManager(certificate, vertx)));
        HttpServer server = vertx.createHttpServer(of(options, times, key))
                .connectionHandler(connections::accept)
                .invalidRequestHandler(handlers::refuseUnreadable)
                .requestHandler(begin);
        return new OwnListener(vertx, server, connections, times, key);
    }

    private static X509ExtendedKeyManager keyManager(KeyCertOptions certificate, Vertx vertx) {
        try {
            return (X509ExtendedKeyManager)
                    certificate.getKeyManagerFactory(vertx).getKeyManagers()[0];
        } catch (Exception e) {
            throw new IllegalArgumentException("the certificate cannot be presented", e);
        }
    }

    private static HttpServerOptions of(Options options, Times times, Optional<RenewableKey> key) {
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setMaxInitialLineLength(options.maxLineBytes())
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                .setTcpKeepAlive(true);
        key.ifPresent(certificate -> server.setSsl(true)
                .setUseAlpn(false)
                .setSslEngineOptions(new BoundedHandshakes(options.maxConnections()))
                .setSslHandshakeTimeout(times.handshake().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setEnabledSecureTransportProtocols(new LinkedHashSet<>(PROTOCOLS))
                .setKeyCertOptions(KeyCertOptions.wrap(certificate)));
        return server;
    }

    /**
     * Listens from now on.
     *
     * @throws IOException when it cannot
     */
    public void listen() throws IOException {
        try {
            await(server.listen().toCompletionStage().toCompletableFuture()::get);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot listen: it is in use, or this user may not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        vertx.setPeriodic(times.sweep().toMillis(), timer -> connections.closeOld(times.idle(), times.busy()));
    }

    private interface Waiting {
        Object get(long time, TimeUnit unit) throws ExecutionException, TimeoutException, InterruptedException;
    }

    private static void await(Waiting waiting) throws ExecutionException, TimeoutException, InterruptedException {
        waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** New connections get this certificate, if the listener has one; open ones continue. */
    public void present(KeyCertOptions certificate) {
        key.ifPresent(presented -> presented.replace(keyManager(certificate, vertx)));
    }

    public int port() {
        return server.actualPort();
    }

    /** Its event loop's own Vert.x. */
    public Vertx vertx() {
        return vertx;
    }

    /** Whether a request on that connection came by this listener. */
    public boolean carries(HttpConnection connection) {
        return connections.contains(connection);
    }

    /** The request on that connection has an answer, or will have none. */
    public void end(HttpConnection connection) {
        connections.end(connection);
    }

    /**
     * Listens no more, once what is in flight has been answered or that time has passed.
     *
     * @return whether all was answered
     */
    public boolean close(Duration drain) {
        try {
            boolean answered = connections.drain(drain);
            await(vertx.close().toCompletionStage().toCompletableFuture()::get);
            return answered;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a listener cannot be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package dev.bulkhead.app.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.observability.AccessLog;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The API's own listener, if it is enabled: an event loop of its own, with a limited number of connections, that
 * hands what has a path of the API to the routes of the program. Nothing that happens here takes time from the event
 * loops that read reviews.
 */
@Singleton
public final class ApiServer {
    private static final Logger LOG = Logger.getLogger(ApiServer.class);

    /** A path of the API as clients write it: without escapes, empty segments and dots that lead elsewhere. */
    private static final Pattern PATH = Pattern.compile("/api(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9]+)?)*/?");

    private static final int MOST_HEADER_BYTES = 16 * 1024;
    private static final int MOST_LINE_BYTES = 4 * 1024;

    /** How long a connection may have no request in flight. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration SWEEP = Duration.ofSeconds(5);

    /** More than binding a port and closing a listener take. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final GateConfig.Api config;
    private final ObjectMapper json;
    private final AccessLog log;
    private final Duration drain;
    private volatile Optional<Running> running = Optional.empty();

    private record Running(Vertx vertx, HttpServer server, ApiConnections connections) {}

    ApiServer(GateConfig config, ObjectMapper json) {
        this.config = config.api();
        this.json = json;
        this.log = new AccessLog(config.log());
        this.drain = shorter(
                config.admission().deadline(), config.admission().exitTimeout().dividedBy(2));
    }

    void start(@Observes StartupEvent start) {
        if (!config.enabled()) {
            return;
        }
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        ApiConnections connections = new ApiConnections(config.maxConnections());
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(connections::accept)
                .invalidRequestHandler(this::refuseUnreadable)
                .requestHandler(this::handle);
        running = Optional.of(new Running(vertx, server, connections));
        try {
            server.listen(config.port(), config.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConfigurationException(
                    "bulkhead.api.port",
                    "cannot listen on " + config.host() + ", port " + config.port()
                            + ": it is in use, or this user may not");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        vertx.setPeriodic(SWEEP.toMillis(), timer -> connections.closeIdle(IDLE));
    }

    void stop(@Observes ShutdownEvent stop) {
        running.ifPresent(now -> {
            try {
                if (!now.connections().drain(drain)) {
                    LOG.warnf("requests to the API that took more than %d ms were cut off", drain.toMillis());
                }
                now.vertx()
                        .close()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("the API's listener cannot be closed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        running = Optional.empty();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The port it listens on, if it does. */
    public OptionalInt port() {
        return running.map(now -> OptionalInt.of(now.server().actualPort())).orElseGet(OptionalInt::empty);
    }

    /** Whether a request on that connection came by this listener. */
    boolean carries(HttpConnection connection) {
        return running.filter(now -> now.connections().contains(connection)).isPresent();
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setMaxInitialLineLength(MOST_LINE_BYTES)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                .setTcpKeepAlive(true);
    }

    /**
     * The request has an answer, or will have none. What is routed is ended by its route, for which an end handler of the
     * response's own would be replaced.
     *
     * @param answered whether it has one
     * @param start when the request's head was read, by {@link System#nanoTime()}
     */
    void end(HttpServerRequest request, boolean answered, long start) {
        if (answered) {
            log.note(
                    request,
                    request.response().getStatusCode(),
                    request.response().bytesWritten(),
                    start);
        }
        running.ifPresent(now -> now.connections().end(request.connection()));
    }

    private void handle(HttpServerRequest request) {
        running.ifPresent(now -> now.connections().begin(request.connection()));
        if (!isUri(request.uri())) {
            refuse(request, Problem.of(Status.BAD_REQUEST, "The address of the request is no URI."));
        } else if (PATH.matcher(request.path()).matches()) {
            VertxHttpRecorder.getRootHandler().handle(request);
        } else {
            refuse(request, Problem.nothingHere());
        }
    }

    /** Whatever is still to come on the connection is not read. */
    private void refuse(HttpServerRequest request, Problem problem) {
        long start = System.nanoTime();
        request.response().endHandler(ended -> end(request, true, start));
        ProblemAnswer.send(request, json, problem, true);
    }

    private static boolean isUri(String text) {
        try {
            URI unused = new URI(text);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Handles requests that are not HTTP, or too long. */
    private void refuseUnreadable(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Status status = cause instanceof TooLongHttpLineException
                ? Status.URI_TOO_LONG
                : cause instanceof TooLongHttpHeaderException ? Status.HEADER_TOO_LARGE : Status.BAD_REQUEST;
        refuse(request, Problem.of(status, "The head of the request cannot be read."));
    }
}

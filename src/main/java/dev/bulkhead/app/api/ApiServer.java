package dev.bulkhead.app.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.listener.OwnListener;
import dev.bulkhead.app.listener.PlainPath;
import dev.bulkhead.app.observability.AccessLog;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * The API's own listener, if it is enabled: an event loop of its own, with a limited number of connections, that
 * hands what has a path of the API to the routes of the program. Nothing that happens here takes time from the event
 * loops that read reviews.
 */
@Singleton
public final class ApiServer implements ApiListener {
    private static final Logger LOG = Logger.getLogger(ApiServer.class);

    private static final int MOST_LINE_BYTES = 4 * 1024;

    private final GateConfig.Api config;
    private final ObjectMapper json;
    private final AccessLog log;
    private final Duration drain;
    private volatile Optional<OwnListener> running = Optional.empty();

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
        OwnListener listener = OwnListener.create(
                new OwnListener.Options(
                        config.host(), config.port(), config.maxConnections(), MOST_LINE_BYTES, Optional.empty()),
                new OwnListener.Handlers() {
                    @Override
                    public void handle(HttpServerRequest request) {
                        ApiServer.this.handle(request);
                    }

                    @Override
                    public void refuseUnreadable(HttpServerRequest request) {
                        ApiServer.this.refuseUnreadable(request);
                    }
                });
        running = Optional.of(listener);
        try {
            listener.listen();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "bulkhead.api.port",
                    "cannot listen on " + config.host() + ", port " + config.port()
                            + ": it is in use, or this user may not");
        }
    }

    void stop(@Observes ShutdownEvent stop) {
        running.ifPresent(listener -> {
            if (!listener.close(drain)) {
                LOG.warnf("requests to the API that took more than %d ms were cut off", drain.toMillis());
            }
        });
        running = Optional.empty();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The port it listens on, if it does. */
    public OptionalInt port() {
        return running.map(listener -> OptionalInt.of(listener.port())).orElseGet(OptionalInt::empty);
    }

    @Override
    public boolean carries(HttpConnection connection) {
        return running.filter(listener -> listener.carries(connection)).isPresent();
    }

    @Override
    public void end(HttpServerRequest request, boolean answered, long start) {
        if (answered) {
            log.note(
                    request,
                    request.response().getStatusCode(),
                    request.response().bytesWritten(),
                    start);
        }
        running.ifPresent(listener -> listener.end(request.connection()));
    }

    private void handle(HttpServerRequest request) {
        if (!isUri(request.uri())) {
            refuse(request, Problem.of(Status.BAD_REQUEST, "The address of the request is no URI."));
        } else if (PlainPath.isOfApi(request.path())) {
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

package dev.bulkhead.app.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.server.AdmissionEndpoint;
import dev.bulkhead.app.server.BodyReader;
import dev.bulkhead.app.server.BodyReader.Received;
import dev.bulkhead.app.server.BufferBudget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Handles every request to the API before a resource does: rejects what arrives on another listener, and reads the
 * body, limited in size, time and number.
 */
@Singleton
final class ApiRequestHandler {
    /** All paths of the API: Quarkus REST is configured to be below it, and the OpenAPI document is. */
    private static final String PATHS = "/api/*";

    static final String CHECK = "/api/v1/check";
    private static final String RECEIVED = ApiRequestHandler.class.getName();

    /** Before all routes that are ordered as they were added. */
    private static final int FIRST = -1;

    /** After the resources and the document, and before the webhook's answer to unknown paths. */
    private static final int LAST = Integer.MAX_VALUE - 1;

    private final List<ApiListener> listeners;
    private final AdmissionEndpoint endpoint;
    private final CheckPool pool;
    private final ObjectMapper json;
    private final MeterRegistry meters;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final BufferBudget budget;
    private volatile boolean draining;

    ApiRequestHandler(
            GateConfig config,
            @All List<ApiListener> listeners,
            AdmissionEndpoint endpoint,
            CheckPool pool,
            ObjectMapper json,
            MeterRegistry meters) {
        this.listeners = listeners;
        this.endpoint = endpoint;
        this.pool = pool;
        this.json = json;
        this.meters = meters;
        this.maxBody = Math.toIntExact(config.api().maxBody().asLongValue());
        this.bodyTimeout = config.admission().bodyTimeout();
        this.budget = new BufferBudget(
                (long) maxBody * (config.api().threads() + config.api().waiting()), maxBody);
    }

    void register(@Observes Router router) {
        router.route(PATHS).order(FIRST).handler(this::handle);
        router.route(PATHS)
                .order(LAST)
                .handler(routing -> ProblemAnswer.send(routing.request(), json, Problem.nothingHere(), false));
    }

    /** From now on every response closes its connection, so that clients reconnect to other replicas. */
    void drain(@Observes ShutdownDelayInitiatedEvent stop) {
        draining = true;
    }

    /** The manifest of a request, whose body has been read. */
    static ReceivedManifest received(RoutingContext routing) {
        ReceivedManifest received = routing.get(RECEIVED);
        if (received == null) {
            throw new IllegalStateException("the request has no manifest");
        }
        return received;
    }

    private void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<ApiListener> listener = listeners.stream()
                .filter(each -> each.carries(request.connection()))
                .findFirst();
        if (listener.isEmpty()) {
            endpoint.turnAway(request);
            return;
        }
        routing.addHeadersEndHandler(sending -> {
            if (draining) {
                routing.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
        });
        long start = System.nanoTime();
        routing.addEndHandler(ended -> {
            if (ended.succeeded()) {
                counter(routing.response().getStatusCode()).increment();
            }
            listener.get().end(request, ended.succeeded(), start);
            if (draining) {
                request.connection().close();
            }
        });
        Optional<Problem> problem = problem(request);
        if (problem.isPresent()) {
            refuse(routing, problem.get());
        } else if (request.path().equals(CHECK) && request.method().equals(HttpMethod.POST)) {
            receiveManifest(routing, listener.get().evaluator(request.connection()));
        } else {
            BodyReader.discard(request, vertx(), bodyTimeout, received -> {
                if (received instanceof Received.TooSlow) {
                    tooSlow(routing);
                } else {
                    routing.next();
                }
            });
        }
    }

    private static Optional<Problem> problem(HttpServerRequest request) {
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (request.path().startsWith(ApiDocument.PATH) && !reads) {
            return Optional.of(Problem.wrongMethod("GET, HEAD"));
        }
        if (request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            return Optional.of(Problem.of(Status.UNSUPPORTED_MEDIA_TYPE, "The body must not be encoded."));
        }
        if (request.path().equals(CHECK) && request.method().equals(HttpMethod.POST) && !isManifest(request)) {
            return Optional.of(Problem.of(Status.UNSUPPORTED_MEDIA_TYPE, ProblemResponses.TYPES));
        }
        return Optional.empty();
    }

    /** A body without a type may be one. */
    private static boolean isManifest(HttpServerRequest request) {
        @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type == null
                || CheckResource.TYPES.contains(
                        type.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip());
    }

    private void receiveManifest(RoutingContext routing, Optional<ManifestEvaluator> evaluator) {
        HttpServerRequest request = routing.request();
        if (contentLength(request) > maxBody && expectsContinue(request)) {
            refuse(routing, tooLarge());
            return;
        }
        Optional<CheckPool.Slot> slot = pool.acquire();
        if (slot.isEmpty()) {
            refuse(
                    routing,
                    Problem.of(Status.TOO_MANY_REQUESTS, "Other manifests are being evaluated. Try again in a second.")
                            .with("Retry-After", "1"));
            return;
        }
        routing.addEndHandler(ended -> slot.get().release());
        if (expectsContinue(request)) {
            routing.response().writeContinue();
        }
        BodyReader.keep(request, vertx(), budget, body -> 0, maxBody, bodyTimeout, received -> {
            if (received instanceof Received.Whole whole) {
                routing.addEndHandler(ended -> whole.reader().release());
                routing.put(RECEIVED, new ReceivedManifest(whole.reader().bytes(), slot.get(), evaluator));
                routing.next();
            } else if (received instanceof Received.TooSlow) {
                tooSlow(routing);
            } else {
                ProblemAnswer.send(routing.request(), json, tooLarge(), false);
            }
        });
    }

    private Problem tooLarge() {
        return Problem.of(
                Status.CONTENT_TOO_LARGE,
                "The manifest is larger than " + maxBody
                        + " bytes (bulkhead.api.max-body). Send fewer objects at once.");
    }

    private void tooSlow(RoutingContext routing) {
        ProblemAnswer.send(
                routing.request(),
                json,
                Problem.of(Status.REQUEST_TIMEOUT, "The body did not arrive within " + bodyTimeout.toSeconds() + " s."),
                true);
    }

    /** Answers once the body, which is discarded, has been read. */
    private void refuse(RoutingContext routing, Problem problem) {
        HttpServerRequest request = routing.request();
        if (expectsContinue(request)) {
            // The client has not sent the body, so the connection cannot be used again.
            ProblemAnswer.send(routing.request(), json, problem, true);
            return;
        }
        BodyReader.discard(
                request,
                vertx(),
                bodyTimeout,
                received -> ProblemAnswer.send(request, json, problem, received instanceof Received.TooSlow));
    }

    private static Vertx vertx() {
        return Vertx.currentContext().owner();
    }

    private static boolean expectsContinue(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
    }

    private static long contentLength(HttpServerRequest request) {
        @Nullable String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private Counter counter(int status) {
        return Counter.builder("bulkhead.api.requests")
                .description("Requests to the API, by HTTP status")
                .tag("status", Integer.toString(status))
                .register(meters);
    }

    /** A manifest that has been read, and its slot in the pool. */
    static final class ReceivedManifest {
        private final byte[] manifest;
        private final CheckPool.Slot slot;
        private final Optional<ManifestEvaluator> evaluator;

        private ReceivedManifest(byte[] manifest, CheckPool.Slot slot, Optional<ManifestEvaluator> evaluator) {
            this.manifest = manifest;
            this.slot = slot;
            this.evaluator = evaluator;
        }

        /** What evaluates it; empty where the policies in force are for everybody. */
        Optional<ManifestEvaluator> evaluator() {
            return evaluator;
        }

        /** The manifest; the array is not shared. */
        byte[] manifest() {
            return manifest;
        }

        CheckPool.Slot slot() {
            return slot;
        }
    }
}

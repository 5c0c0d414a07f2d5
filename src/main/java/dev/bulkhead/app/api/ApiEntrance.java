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
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to the resources: what comes by another listener is not let through, and a body is read before a resource is
 * asked, within its size, its time and the places that there are.
 */
@Singleton
final class ApiEntrance {
    /** Everything that the API answers is below it, by configuration of the platform. */
    private static final String PATHS = "/api/*";

    static final String CHECK = "/api/v1/check";
    private static final String DOCUMENT = "/api/openapi";
    private static final String ARRIVED = ApiEntrance.class.getName();

    /** Before everything that has the order in which it was added. */
    private static final int FIRST = -1;

    /** After the resources and the document, and before what the webhook says of paths that it does not know. */
    private static final int LAST = Integer.MAX_VALUE - 1;

    private final ApiServer server;
    private final AdmissionEndpoint door;
    private final CheckPool pool;
    private final ObjectMapper json;
    private final MeterRegistry meters;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final BufferBudget room;
    private volatile boolean draining;

    ApiEntrance(
            GateConfig config,
            ApiServer server,
            AdmissionEndpoint door,
            CheckPool pool,
            ObjectMapper json,
            MeterRegistry meters) {
        this.server = server;
        this.door = door;
        this.pool = pool;
        this.json = json;
        this.meters = meters;
        this.maxBody = Math.toIntExact(config.api().maxBody().asLongValue());
        this.bodyTimeout = config.admission().bodyTimeout();
        this.room = new BufferBudget(
                (long) maxBody * (config.api().threads() + config.api().waiting()), maxBody);
    }

    void open(@Observes Router router) {
        router.route(PATHS).order(FIRST).handler(this::enter);
        router.route(PATHS)
                .order(LAST)
                .handler(routing -> ProblemAnswer.send(routing.request(), json, Problem.nothingHere(), false));
    }

    /** From now on clients are asked to come back on other connections, which lead to other replicas. */
    void drain(@Observes ShutdownDelayInitiatedEvent stop) {
        draining = true;
    }

    /** What a resource is to evaluate. It does not read the body itself, which has been read by then. */
    static Arrived arrived(RoutingContext routing) {
        Arrived arrived = routing.get(ARRIVED);
        if (arrived == null) {
            throw new IllegalStateException("no manifest has arrived");
        }
        return arrived;
    }

    private void enter(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (!server.carries(request.connection())) {
            door.turnAway(request);
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
            server.end(request, ended.succeeded(), start);
            if (draining) {
                request.connection().close();
            }
        });
        Optional<Problem> problem = problem(request);
        if (problem.isPresent()) {
            refuse(routing, problem.get());
        } else if (request.path().equals(CHECK) && request.method().equals(HttpMethod.POST)) {
            enterCheck(routing);
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
        if (request.path().startsWith(DOCUMENT) && !reads) {
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

    /** Without a type, it may be one. */
    private static boolean isManifest(HttpServerRequest request) {
        @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type == null
                || CheckResource.TYPES.contains(
                        type.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip());
    }

    private void enterCheck(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (announced(request) > maxBody && expectsToBeAsked(request)) {
            refuse(routing, tooLarge());
            return;
        }
        Optional<CheckPool.Place> place = pool.enter();
        if (place.isEmpty()) {
            refuse(
                    routing,
                    Problem.of(Status.TOO_MANY_REQUESTS, "Other manifests are being evaluated. Try again in a second.")
                            .with("Retry-After", "1"));
            return;
        }
        routing.addEndHandler(ended -> place.get().leave());
        if (expectsToBeAsked(request)) {
            routing.response().writeContinue();
        }
        BodyReader.keep(request, vertx(), room, body -> 0, maxBody, bodyTimeout, received -> {
            if (received instanceof Received.Whole whole) {
                routing.addEndHandler(ended -> whole.reader().release());
                routing.put(ARRIVED, new Arrived(whole.reader().bytes(), place.get()));
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
        if (expectsToBeAsked(request)) {
            // The body stays with the client, so that the connection is of no further use.
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

    private static boolean expectsToBeAsked(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
    }

    private static long announced(HttpServerRequest request) {
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

    /** A manifest that has been read, and its place in the pool. */
    static final class Arrived {
        private final byte[] manifest;
        private final CheckPool.Place place;

        private Arrived(byte[] manifest, CheckPool.Place place) {
            this.manifest = manifest;
            this.place = place;
        }

        /** The manifest, which nobody else has. */
        byte[] manifest() {
            return manifest;
        }

        CheckPool.Place place() {
            return place;
        }
    }
}

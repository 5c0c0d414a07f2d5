package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewDeadline;
import dev.bulkhead.app.admission.ReviewEnvelope;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.listener.PlainPath;
import dev.bulkhead.app.observability.AccessLog;
import dev.bulkhead.app.observability.RefusalMetrics;
import dev.bulkhead.app.server.BodyReader.Received;
import dev.bulkhead.app.server.ConnectionLimits.Connection;
import dev.bulkhead.app.server.RequestHead.Refusal;
import dev.bulkhead.app.warmup.WarmUpTraffic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/**
 * Receives admission requests over HTTPS: rejects everything that is not a complete JSON body at a known path, and
 * hands the rest to the {@link EvaluationPool}. Runs on event loops and never blocks them.
 */
@Singleton
public final class AdmissionEndpoint {
    /** Holds several of the largest legal reviews. */
    private static final long ENOUGH_BUFFERED = 96L << 20;

    /** Ordered last, so that other parts of the program can register paths of their own. */
    private static final int AFTER_ALL = Integer.MAX_VALUE;

    private static final int BEFORE_ALL = Integer.MIN_VALUE;

    private final Vertx vertx;
    private final AdmissionService service;
    private final AdmissionReplies replies;
    private final EvaluationPool pool;
    private final ReviewDispatcher dispatcher;
    private final BufferBudget budget;
    private final ReviewFlows flows = new ReviewFlows();
    private final AccessLog log;
    private final RefusalMetrics refusals;
    private final WarmUpTraffic warmUp;
    private final Caller stranger;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final Duration maxDeadline;
    private volatile boolean draining;

    AdmissionEndpoint(
            GateConfig config, AdmissionService service, WarmUpTraffic warmUp, MeterRegistry meters, Vertx vertx) {
        GateConfig.Admission admission = config.admission();
        this.vertx = vertx;
        this.warmUp = warmUp;
        this.service = service;
        this.replies = new AdmissionReplies(service);
        this.maxBody = Math.toIntExact(admission.maxBody().asLongValue());
        long maxBuffered = admission
                .maxBuffered()
                .map(MemorySize::asLongValue)
                .orElseGet(() -> Math.max(
                        maxBody, Math.min(ENOUGH_BUFFERED, Runtime.getRuntime().maxMemory() / 4)));
        if (maxBuffered < maxBody) {
            throw new ConfigurationException(
                    "bulkhead.admission.max-buffered",
                    "expected no less than bulkhead.admission.max-body, found " + maxBuffered + " and " + maxBody
                            + " bytes");
        }
        this.budget = new BufferBudget(maxBuffered, maxBody);
        this.log = new AccessLog(config.log());
        this.refusals = new RefusalMetrics(meters);
        this.stranger = admission.clientCa().isPresent() ? Caller.UNVERIFIED : Caller.UNKNOWN;
        this.bodyTimeout = admission.bodyTimeout();
        this.maxDeadline = admission.deadline();
        this.pool = new EvaluationPool(maxBuffered, meters);
        this.dispatcher = new ReviewDispatcher(vertx, replies, pool, flows);
        Gauge.builder("bulkhead.admission.buffered.bytes", budget, BufferBudget::taken)
                .description("Reviews in memory, arriving or waiting to be evaluated")
                .register(meters);
    }

    void open(@Observes Router router) {
        router.route().order(BEFORE_ALL).handler(this::turnAwayOtherPaths);
        router.route().handler(this::enter);
        router.route().order(AFTER_ALL).handler(routing -> turnAway(routing.request()));
    }

    /** From now on every response closes its connection, so that clients reconnect to other replicas. */
    void drain(@Observes ShutdownDelayInitiatedEvent stop) {
        draining = true;
    }

    @PreDestroy
    void close() {
        pool.close();
    }

    /** Answers a request for something that is not here. */
    public void turnAway(HttpServerRequest request) {
        turnAway(exchange(request, true), RequestHead.NOTHING_HERE);
    }

    private ReviewExchange exchange(HttpServerRequest request, boolean logged) {
        Caller caller = ConnectionLimits.of(request.connection())
                .map(Connection::caller)
                .orElse(stranger);
        return new ReviewExchange(
                request, logged ? Optional.of(log) : Optional.empty(), refusals, () -> draining, caller);
    }

    /** Without this the platform would serve the files of libraries, such as those of the console, to anyone. */
    private void turnAwayOtherPaths(RoutingContext routing) {
        String path = routing.request().path();
        if (PlainPath.isOfApi(path) || AdmissionPath.of(path).isPresent()) {
            routing.next();
        } else {
            turnAway(routing.request());
        }
    }

    private void enter(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<AdmissionPath> address = AdmissionPath.of(request.path());
        if (address.isEmpty()) {
            routing.next();
            return;
        }
        Optional<AdmissionService> own = warmUp.serviceFor(request.remoteAddress());
        ReviewExchange exchange = exchange(request, own.isEmpty());
        try {
            Optional<Refusal> refusal = address.get()
                    .profile()
                    .filter(profile -> !service.knowsProfile(profile))
                    .map(profile -> new Refusal(404, "There is no profile of that name."))
                    .or(() -> RequestHead.refusal(request));
            if (refusal.isPresent()) {
                turnAway(exchange, refusal.get());
                return;
            }
            if (RequestHead.expectsToBeAsked(request)) {
                request.response().writeContinue();
            }
            ReviewDeadline deadline = ReviewDeadline.from(exchange.start(), maxDeadline, request.getParam("timeout"));
            BodyReader.keep(
                    request,
                    vertx,
                    budget,
                    body -> flows.of(ReviewEnvelope.of(body), exchange.caller()),
                    maxBody,
                    bodyTimeout,
                    received -> receive(exchange, own.orElse(service), address.get(), deadline, received));
        } catch (RuntimeException e) {
            exchange.respond(AdmissionReplies.failure(Incident.of(e)), true);
        }
    }

    private void turnAway(ReviewExchange exchange, Refusal refusal) {
        Answer answer = AdmissionReplies.text(refusal.status(), refusal.text());
        if (RequestHead.expectsToBeAsked(exchange.request())) {
            // The client has not sent the body, so the connection cannot be reused.
            exchange.respond(answer, true);
            return;
        }
        BodyReader.discard(
                exchange.request(),
                vertx,
                bodyTimeout,
                received -> exchange.respond(answer, received instanceof Received.TooSlow));
    }

    private void receive(
            ReviewExchange exchange,
            AdmissionService answering,
            AdmissionPath address,
            ReviewDeadline deadline,
            Received received) {
        if (received instanceof Received.Whole whole) {
            ConnectionLimits.of(exchange.request().connection()).ifPresent(Connection::review);
            dispatcher.dispatch(exchange, answering, address, deadline, whole.reader());
        } else if (received instanceof Received.TooLarge large) {
            String reason = "the review is larger than " + maxBody + " bytes";
            exchange.respond(replies.refuse(address, large.beginning().bytes(), reason, exchange.caller()), false);
        } else if (received instanceof Received.OutOfBudget) {
            exchange.respond(AdmissionReplies.tooMany("Too many large reviews at once."), false);
        } else {
            exchange.respond(
                    AdmissionReplies.text(408, "The body did not arrive within " + bodyTimeout.toSeconds() + " s."),
                    true);
        }
    }
}

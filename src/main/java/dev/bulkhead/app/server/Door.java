package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewDeadline;
import dev.bulkhead.app.admission.ReviewEnvelope;
import dev.bulkhead.app.config.ConfigurationException;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.app.observability.AccessLog;
import dev.bulkhead.app.server.Connections.Connection;
import dev.bulkhead.app.server.Head.Refusal;
import dev.bulkhead.app.server.Intake.Received;
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
 * Where the API server knocks: lets nothing in but complete, plain JSON at the right address, and has it judged. What
 * happens here happens on event loops and takes little time: judging has {@link JudgingPool threads of its own}.
 */
@Singleton
final class Door {
    /** More than several of the largest legal reviews. */
    private static final long ENOUGH_BUFFERED = 96L << 20;

    /** Last of all, so that other parts of the program can have paths of their own. */
    private static final int AFTER_ALL = Integer.MAX_VALUE;

    private final Vertx vertx;
    private final AdmissionService reviewer;
    private final Replies replies;
    private final JudgingPool pool;
    private final ReviewDispatcher dispatcher;
    private final Room room;
    private final Flows flows = new Flows();
    private final AccessLog log;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final Duration longest;
    private volatile boolean draining;

    Door(GateConfig config, AdmissionService reviewer, MeterRegistry meters, Vertx vertx) {
        GateConfig.Admission admission = config.admission();
        this.vertx = vertx;
        this.reviewer = reviewer;
        this.replies = new Replies(reviewer);
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
        this.room = new Room(maxBuffered, maxBody);
        this.log = new AccessLog(config.log(), meters);
        this.bodyTimeout = admission.bodyTimeout();
        this.longest = admission.deadline();
        this.pool = new JudgingPool(maxBuffered, meters);
        this.dispatcher = new ReviewDispatcher(vertx, reviewer, replies, pool, flows);
        Gauge.builder("bulkhead.admission.buffered.bytes", room, Room::taken)
                .description("Reviews in memory, waiting to be complete or to be judged")
                .register(meters);
    }

    void open(@Observes Router router) {
        router.route().handler(this::enter);
        router.route().order(AFTER_ALL).handler(routing -> turnAway(visit(routing.request()), Head.NOTHING_HERE));
    }

    /** From now on clients are asked to come back on other connections, which lead to other replicas. */
    void drain(@Observes ShutdownDelayInitiatedEvent stop) {
        draining = true;
    }

    @PreDestroy
    void close() {
        pool.close();
    }

    private Visit visit(HttpServerRequest request) {
        Caller caller =
                Connections.of(request.connection()).map(Connection::caller).orElse(Caller.UNVERIFIED);
        return new Visit(request, log, () -> draining, caller);
    }

    private void enter(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<Address> address = Address.of(request.path());
        if (address.isEmpty()) {
            routing.next();
            return;
        }
        Visit visit = visit(request);
        try {
            Optional<Refusal> refusal = address.get()
                    .profile()
                    .filter(profile -> !reviewer.knowsProfile(profile))
                    .map(profile -> new Refusal(404, "There is no profile of that name."))
                    .or(() -> Head.refusal(request));
            if (refusal.isPresent()) {
                turnAway(visit, refusal.get());
                return;
            }
            if (Head.expectsToBeAsked(request)) {
                request.response().writeContinue();
            }
            ReviewDeadline deadline = ReviewDeadline.from(visit.start(), longest, request.getParam("timeout"));
            Intake.keep(
                    request,
                    vertx,
                    room,
                    body -> flows.of(ReviewEnvelope.of(body), visit.caller()),
                    maxBody,
                    bodyTimeout,
                    received -> receive(visit, address.get(), deadline, received));
        } catch (RuntimeException e) {
            visit.respond(Replies.failure(Incident.of(e)), true);
        }
    }

    private void turnAway(Visit visit, Refusal refusal) {
        Answer answer = Replies.text(refusal.status(), refusal.text());
        if (Head.expectsToBeAsked(visit.request())) {
            // The body stays with the client, so that the connection is of no further use.
            visit.respond(answer, true);
            return;
        }
        Intake.discard(
                visit.request(),
                vertx,
                bodyTimeout,
                received -> visit.respond(answer, received instanceof Received.TooSlow));
    }

    private void receive(Visit visit, Address address, ReviewDeadline deadline, Received received) {
        if (received instanceof Received.Whole whole) {
            Connections.of(visit.request().connection()).ifPresent(Connection::review);
            dispatcher.dispatch(visit, address, deadline, whole.intake());
        } else if (received instanceof Received.TooLarge large) {
            String reason = "the review is larger than " + maxBody + " bytes";
            visit.respond(replies.refuse(address, large.beginning().bytes(), reason, visit.caller()), false);
        } else if (received instanceof Received.NoRoom) {
            visit.respond(Replies.tooMany("Too many large reviews at once."), false);
        } else {
            visit.respond(Replies.text(408, "The body did not arrive within " + bodyTimeout.toSeconds() + " s."), true);
        }
    }
}

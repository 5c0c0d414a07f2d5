package dev.bulkhead.admission;

import dev.bulkhead.admission.Head.Refusal;
import dev.bulkhead.admission.Intake.Received;
import dev.bulkhead.admission.ReviewContext.Caller;
import dev.bulkhead.admission.Reviewer.Answer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where the API server knocks: lets nothing in but complete, plain JSON at the right address, hands it to the reviewer
 * and sends the answer in time. Small reviews are answered on the event loop that read them; large ones, one at a time,
 * on a thread of their own, so that they delay nobody and never pile up as trees in memory; those about which the cluster
 * must be asked on threads that may wait.
 */
@Singleton
final class Door {
    /** Takes longer to judge than others should wait. */
    private static final int LARGE = 256 * 1024;

    /** Reviews that wait for what the cluster is asked. */
    private static final int QUESTIONS_AT_ONCE = 8;

    /** More than several of the largest legal reviews. */
    private static final long ENOUGH_BUFFERED = 96L << 20;

    /** Last of all, so that other parts of the program can have paths of their own. */
    private static final int AFTER_ALL = Integer.MAX_VALUE;

    private final Vertx vertx;
    private final Reviewer reviewer;
    private final Room room;
    private final AccessLog log;
    private final int maxBody;
    private final Duration bodyTimeout;
    private final Duration longest;
    private final WorkerExecutor largeReviews;
    private final WorkerExecutor questions;
    private volatile boolean draining;

    Door(GateConfig config, Reviewer reviewer, MeterRegistry meters, Vertx vertx) {
        GateConfig.Admission admission = config.admission();
        this.vertx = vertx;
        this.reviewer = reviewer;
        this.maxBody = Math.toIntExact(admission.maxBody().asLongValue());
        long maxBuffered = admission
                .maxBuffered()
                .map(MemorySize::asLongValue)
                .orElseGet(() -> Math.max(
                        maxBody, Math.min(ENOUGH_BUFFERED, Runtime.getRuntime().maxMemory() / 4)));
        if (maxBuffered < maxBody) {
            throw new WrongConfigurationException(
                    "bulkhead.admission.max-buffered",
                    "expected no less than bulkhead.admission.max-body, found " + maxBuffered + " and " + maxBody
                            + " bytes");
        }
        this.room = new Room(maxBuffered, maxBody);
        this.log = new AccessLog(config.log(), meters);
        this.bodyTimeout = admission.bodyTimeout();
        this.longest = admission.deadline();
        this.largeReviews = vertx.createSharedWorkerExecutor("large-reviews", 1);
        this.questions = vertx.createSharedWorkerExecutor("questions", QUESTIONS_AT_ONCE);
        Gauge.builder("bulkhead.admission.buffered.bytes", room, Room::taken)
                .description("Reviews in memory, waiting to be complete or to be judged")
                .register(meters);
    }

    void open(@Observes Router router) {
        router.route().handler(this::enter);
        router.route().order(AFTER_ALL).handler(routing -> turnAway(new Visit(routing.request()), Head.NOTHING_HERE));
    }

    /** From now on clients are asked to come back on other connections, which lead to other replicas. */
    void drain(@Observes ShutdownDelayInitiatedEvent stop) {
        draining = true;
    }

    private void enter(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<Address> address = Address.of(request.path());
        if (address.isEmpty()) {
            routing.next();
            return;
        }
        Visit visit = new Visit(request);
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
            Deadline deadline = Deadline.from(visit.start, longest, request.getParam("timeout"));
            Intake.keep(
                    request,
                    vertx,
                    room,
                    maxBody,
                    bodyTimeout,
                    received -> receive(visit, address.get(), deadline, received));
        } catch (RuntimeException e) {
            visit.respond(failure(Incident.of(e)), true);
        }
    }

    private void turnAway(Visit visit, Refusal refusal) {
        Answer answer = text(refusal.status(), refusal.text());
        if (refusal.status() == 405) {
            visit.request.response().putHeader(HttpHeaders.ALLOW, "POST");
        }
        if (Head.expectsToBeAsked(visit.request)) {
            // The body stays with the client, so that the connection is of no further use.
            visit.respond(answer, true);
            return;
        }
        Intake.discard(
                visit.request,
                vertx,
                bodyTimeout,
                received -> visit.respond(answer, received instanceof Received.TooSlow));
    }

    private void receive(Visit visit, Address address, Deadline deadline, Received received) {
        if (received instanceof Received.Whole whole && whole.intake().length() > LARGE) {
            reviewElsewhere(visit, address, deadline, whole.intake(), largeReviews);
        } else if (received instanceof Received.Whole whole) {
            byte[] body = whole.intake().bytes();
            Optional<Answer> answer = deadline.millisLeft() > 0
                    ? review(address, body, context(deadline), reviewer::answerAtOnce)
                    : Optional.of(tooLate(address, deadline, body));
            if (answer.isEmpty()) {
                reviewElsewhere(visit, address, deadline, whole.intake(), questions);
                return;
            }
            whole.intake().release();
            visit.respond(answer.get(), false);
        } else if (received instanceof Received.TooLarge large) {
            String reason = "the review is larger than " + maxBody + " bytes";
            visit.respond(refuse(address, large.beginning().bytes(), reason), false);
        } else if (received instanceof Received.NoRoom) {
            visit.request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            visit.respond(text(429, "Too many large reviews at once."), false);
        } else {
            visit.respond(text(408, "The body did not arrive within " + bodyTimeout.toSeconds() + " s."), true);
        }
    }

    /** It may wait for its turn longer than its client does: then it is decided without a look. */
    private void reviewElsewhere(Visit visit, Address address, Deadline deadline, Intake intake, WorkerExecutor where) {
        AtomicBoolean settled = new AtomicBoolean();
        byte[] body = intake.bytes();
        long timer = vertx.setTimer(Math.max(1, deadline.millisLeft()), id -> {
            settled.set(true);
            visit.respond(tooLate(address, deadline, body), false);
        });
        where.executeBlocking(
                        () -> settled.get()
                                ? Optional.<Answer>empty()
                                : review(address, body, context(deadline), this::answer),
                        false)
                .onComplete(done -> {
                    vertx.cancelTimer(timer);
                    intake.release();
                    if (done.failed()) {
                        visit.respond(failure(Incident.of(done.cause())), false);
                    } else {
                        done.result().ifPresent(answer -> visit.respond(answer, false));
                    }
                });
    }

    private static ReviewContext context(Deadline deadline) {
        return new ReviewContext(deadline, Caller.UNKNOWN, true);
    }

    private Answer tooLate(Address address, Deadline deadline, byte[] body) {
        return refuse(
                address, body, "it was not judged within " + deadline.length().toMillis() + " ms");
    }

    /** Whatever goes wrong, even a lack of memory, is a denial where there is a uid to be denied. */
    private Optional<Answer> review(Address address, byte[] body, ReviewContext context, Reviewing reviewing) {
        try {
            return reviewing.of(address.path(), address.profile(), body, context);
        } catch (RuntimeException | Error e) {
            Incident incident = Incident.of(e);
            Answer denial = refuse(address, body, incident.text());
            return Optional.of(denial.status() == 200 ? denial : failure(incident));
        }
    }

    private Optional<Answer> answer(Reviewer.Path path, Optional<String> profile, byte[] body, ReviewContext context) {
        return Optional.of(reviewer.answer(path, profile, body, context));
    }

    @FunctionalInterface
    private interface Reviewing {
        Optional<Answer> of(Reviewer.Path path, Optional<String> profile, byte[] body, ReviewContext context);
    }

    private Answer refuse(Address address, byte[] beginning, String reason) {
        try {
            return reviewer.refuse(address.path(), beginning, reason);
        } catch (RuntimeException | Error e) {
            return failure(Incident.of(e));
        }
    }

    private static Answer failure(Incident incident) {
        return text(500, "There was " + incident.text() + ".");
    }

    private static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A request on its way through the door; it gets one answer. Everything happens on its event loop. */
    private final class Visit {
        private final HttpServerRequest request;
        private final long start = System.nanoTime();
        private boolean answered;

        Visit(HttpServerRequest request) {
            this.request = request;
        }

        /** Sends the answer if it is the first; the last on its connection ends that too. */
        void respond(Answer answer, boolean last) {
            HttpServerResponse response = request.response();
            if (answered || response.ended() || response.closed()) {
                return;
            }
            answered = true;
            response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
            if (last || draining) {
                response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            response.end(Buffer.buffer(answer.body())).onComplete(sent -> {
                if (last) {
                    request.connection().close();
                }
            });
            log.note(request, answer, start);
        }
    }
}

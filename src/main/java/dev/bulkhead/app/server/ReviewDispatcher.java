package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionContext.Claim;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.admission.AdmissionService.Attempt;
import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewDeadline;
import dev.bulkhead.app.admission.ReviewEnvelope;
import dev.bulkhead.app.server.EvaluationPool.Lane;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * Passes complete reviews from their event loops to the evaluation threads, and the answers back. A review is answered
 * at its deadline in any case, and one that has been answered is not evaluated.
 */
final class ReviewDispatcher {
    private static final Answer BUSY = AdmissionReplies.tooMany("Too many reviews at once.");
    private static final String UNKNOWN_NAMESPACE =
            "its namespace is not known yet, and the cluster is asked about one for the API server only";

    /** How long an answer may take from an evaluation thread to the event loop after the deadline. */
    private static final long GRACE_MILLIS = 100;

    private final Vertx vertx;
    private final AdmissionReplies replies;
    private final EvaluationPool pool;
    private final ReviewFlows flows;

    ReviewDispatcher(Vertx vertx, AdmissionReplies replies, EvaluationPool pool, ReviewFlows flows) {
        this.vertx = vertx;
        this.replies = replies;
        this.pool = pool;
        this.flows = flows;
    }

    /** Has a review evaluated by that service and its exchange answered; runs on the exchange's event loop. */
    void dispatch(
            ReviewExchange exchange,
            AdmissionService service,
            AdmissionPath path,
            ReviewDeadline deadline,
            BodyReader reader) {
        Answer fallback = AdmissionReplies.NO_UID;
        try {
            ReviewEnvelope beginning = ReviewEnvelope.of(reader.bytes());
            fallback = AdmissionReplies.lastResort(path, beginning, exchange.caller());
            new Job(exchange, service, path, deadline, reader, beginning, fallback).begin();
        } catch (RuntimeException | Error e) {
            reader.release();
            exchange.respond(fallback, false);
            Incident unused = Incident.of(e);
        }
    }

    private final class Job implements EvaluationPool.Job {
        private final ReviewExchange exchange;
        private final AdmissionService service;
        private final AdmissionPath path;
        private final ReviewDeadline deadline;
        private final BodyReader reader;
        private final Answer fallback;
        private final byte[] body;
        private final ReviewEnvelope beginning;
        private final Context loop = vertx.getOrCreateContext();
        private final io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();
        private final Claim claim = new Claim();
        private volatile Lane lane;
        private volatile int flow;
        private long timer;

        Job(
                ReviewExchange exchange,
                AdmissionService service,
                AdmissionPath path,
                ReviewDeadline deadline,
                BodyReader reader,
                ReviewEnvelope beginning,
                Answer fallback) {
            this.exchange = exchange;
            this.service = service;
            this.path = path;
            this.deadline = deadline;
            this.reader = reader;
            this.beginning = beginning;
            this.fallback = fallback;
            this.body = reader.bytes();
            this.lane = Lane.of(body.length);
            this.flow = pool.isIdle(lane) ? ReviewFlows.ALONE : flows.of(beginning, exchange.caller());
        }

        void begin() {
            long left = deadline.millisLeft();
            if (left <= 0) {
                tooLate();
                reader.release();
                return;
            }
            timer = vertx.setTimer(left, id -> tooLate());
            exchange.request().response().closeHandler(gone -> abandon());
            pool.submit(lane, this);
        }

        @Override
        public int flow() {
            return flow;
        }

        @Override
        public int size() {
            return body.length;
        }

        /** In the end the review is answered or has moved to another lane. */
        @Override
        public void run(Lane here) {
            try {
                evaluate(here);
            } catch (RuntimeException | Error e) {
                claim.take();
                settle(Optional.of(fallback));
                throw e;
            }
        }

        private void evaluate(Lane here) {
            if (claim.isTaken()) {
                settle(Optional.empty());
                return;
            }
            boolean mayAsk = here == Lane.QUESTIONS || (here == Lane.LARGE && exchange.caller() != Caller.UNVERIFIED);
            Attempt attempt = attempt(new AdmissionContext(deadline, here.turn(), exchange.caller(), mayAsk, claim));
            if (attempt instanceof Attempt.Answered answered) {
                settle(Optional.of(answered.answer()));
            } else if (claim.isTaken() || deadline.isOver()) {
                settle(Optional.empty());
            } else if (attempt instanceof Attempt.Stopped) {
                moveTo(Lane.LARGE);
            } else if (exchange.caller() == Caller.UNVERIFIED) {
                refuse(UNKNOWN_NAMESPACE);
            } else {
                moveTo(Lane.QUESTIONS);
            }
        }

        private Attempt attempt(AdmissionContext context) {
            try {
                return trace.wrapSupplier(() -> service.attempt(path.path(), path.profile(), body, context))
                        .get();
            } catch (RuntimeException | Error e) {
                // The failed attempt may have taken the claim: a second answer is not sent.
                return new Attempt.Answered(
                        claim.take() ? decided(replies.failed(e, path, body, exchange.caller())) : fallback);
            }
        }

        /** The other lane may be busy although this one was idle. */
        private void moveTo(Lane next) {
            flow = flows.of(beginning, exchange.caller());
            lane = next;
            pool.submit(next, this);
        }

        @Override
        public void displaced() {
            try {
                settle(claim.take() ? Optional.of(BUSY) : Optional.empty());
            } catch (RuntimeException | Error e) {
                // The jobs that were displaced with this one must still be answered; this one is answered at its
                // deadline.
                Incident unused = Incident.of(e);
            }
        }

        private void refuse(String reason) {
            settle(
                    claim.take()
                            ? Optional.of(decided(replies.refuse(path, body, reason, exchange.caller())))
                            : Optional.empty());
        }

        /** Runs on the event loop, at the deadline. */
        private void tooLate() {
            if (claim.take()) {
                try {
                    exchange.respond(missed(), false);
                } finally {
                    withdraw();
                }
            } else {
                // An answer is on its way, unless memory was too short to send it.
                vertx.setTimer(GRACE_MILLIS, id -> exchange.respond(fallback, false));
            }
        }

        /** That answer, or a prepared decision where it is only an error. */
        private Answer decided(Answer answer) {
            return answer.status() == 500 && fallback.status() == 200 ? fallback : answer;
        }

        private Answer missed() {
            try {
                return decided(replies.refuse(path, body, deadline.missed(), exchange.caller()));
            } catch (RuntimeException | Error e) {
                return fallback;
            }
        }

        /** Runs on the event loop: the client has disconnected. */
        private void abandon() {
            vertx.cancelTimer(timer);
            if (claim.take()) {
                withdraw();
            }
        }

        /** A review that is being evaluated releases its memory when it is finished. */
        private void withdraw() {
            if (pool.withdraw(lane, this)) {
                reader.release();
            }
        }

        /** Called from any thread: ends the review and answers it, if it has not been answered. */
        private void settle(Optional<Answer> answer) {
            try {
                loop.runOnContext(now -> {
                    vertx.cancelTimer(timer);
                    if (answer.isPresent()) {
                        exchange.respond(answer.get(), false);
                    } else if (claim.take()) {
                        exchange.respond(missed(), false);
                    }
                });
            } finally {
                reader.release();
            }
        }
    }
}

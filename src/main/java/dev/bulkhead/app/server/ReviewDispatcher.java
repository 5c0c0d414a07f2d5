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
 * Sends complete reviews from their event loops to the judging threads, and the answers back. A review is answered at its
 * deadline whatever becomes of it there, and what nobody waits for any more is not begun.
 */
final class ReviewDispatcher {
    private static final Answer BUSY = AdmissionReplies.tooMany("Too many reviews at once.");
    private static final String UNKNOWN_NAMESPACE =
            "its namespace is not known yet, and the cluster is asked about one for the API server only";

    /** How long after the deadline an answer may be on its way from a judging thread. */
    private static final long GRACE_MILLIS = 100;

    private final Vertx vertx;
    private final AdmissionService reviewer;
    private final AdmissionReplies replies;
    private final EvaluationPool pool;
    private final ReviewFlows flows;

    ReviewDispatcher(
            Vertx vertx, AdmissionService reviewer, AdmissionReplies replies, EvaluationPool pool, ReviewFlows flows) {
        this.vertx = vertx;
        this.reviewer = reviewer;
        this.replies = replies;
        this.pool = pool;
        this.flows = flows;
    }

    /** Has a review judged and its visit answered; on the visit's event loop. */
    void dispatch(ReviewExchange visit, AdmissionPath address, ReviewDeadline deadline, BodyReader intake) {
        Answer lastResort = AdmissionReplies.NO_UID;
        try {
            ReviewEnvelope beginning = ReviewEnvelope.of(intake.bytes());
            lastResort = AdmissionReplies.lastResort(address, beginning, visit.caller());
            new Job(visit, address, deadline, intake, beginning, lastResort).begin();
        } catch (RuntimeException | Error e) {
            intake.release();
            visit.respond(lastResort, false);
            Incident unused = Incident.of(e);
        }
    }

    private final class Job implements EvaluationPool.Job {
        private final ReviewExchange visit;
        private final AdmissionPath address;
        private final ReviewDeadline deadline;
        private final BodyReader intake;
        private final Answer lastResort;
        private final byte[] body;
        private final ReviewEnvelope beginning;
        private final Context loop = vertx.getOrCreateContext();
        private final io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();
        private final Claim claim = new Claim();
        private volatile Lane lane;
        private volatile int flow;
        private long timer;

        Job(
                ReviewExchange visit,
                AdmissionPath address,
                ReviewDeadline deadline,
                BodyReader intake,
                ReviewEnvelope beginning,
                Answer lastResort) {
            this.visit = visit;
            this.address = address;
            this.deadline = deadline;
            this.intake = intake;
            this.beginning = beginning;
            this.lastResort = lastResort;
            this.body = intake.bytes();
            this.lane = Lane.of(body.length);
            this.flow = pool.isIdle(lane) ? ReviewFlows.ALONE : flows.of(beginning, visit.caller());
        }

        void begin() {
            long left = deadline.millisLeft();
            if (left <= 0) {
                tooLate();
                intake.release();
                return;
            }
            timer = vertx.setTimer(left, id -> tooLate());
            visit.request().response().closeHandler(gone -> abandon());
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

        /** However it ends, the review is settled, or somewhere else. */
        @Override
        public void run(Lane here) {
            try {
                judge(here);
            } catch (RuntimeException | Error e) {
                claim.take();
                settle(Optional.of(lastResort));
                throw e;
            }
        }

        private void judge(Lane here) {
            if (claim.isTaken()) {
                settle(Optional.empty());
                return;
            }
            boolean mayAsk = here == Lane.QUESTIONS || (here == Lane.LARGE && visit.caller() != Caller.UNVERIFIED);
            Attempt attempt = attempt(new AdmissionContext(deadline, here.turn(), visit.caller(), mayAsk, claim));
            if (attempt instanceof Attempt.Answered answered) {
                settle(Optional.of(answered.answer()));
            } else if (claim.isTaken() || deadline.isOver()) {
                settle(Optional.empty());
            } else if (attempt instanceof Attempt.Stopped) {
                moveTo(Lane.LARGE);
            } else if (visit.caller() == Caller.UNVERIFIED) {
                refuse(UNKNOWN_NAMESPACE);
            } else {
                moveTo(Lane.QUESTIONS);
            }
        }

        private Attempt attempt(AdmissionContext context) {
            try {
                return trace.wrapSupplier(() -> reviewer.attempt(address.path(), address.profile(), body, context))
                        .get();
            } catch (RuntimeException | Error e) {
                // Who took the claim may be whoever failed: what comes second is not sent.
                return new Attempt.Answered(
                        claim.take() ? decided(replies.failed(e, address, body, visit.caller())) : lastResort);
            }
        }

        /** Nobody waited where it comes from, but perhaps there. */
        private void moveTo(Lane next) {
            flow = flows.of(beginning, visit.caller());
            lane = next;
            pool.submit(next, this);
        }

        @Override
        public void displaced() {
            try {
                settle(claim.take() ? Optional.of(BUSY) : Optional.empty());
            } catch (RuntimeException | Error e) {
                // Those that were displaced with it are told nevertheless, and it is answered at its deadline.
                Incident unused = Incident.of(e);
            }
        }

        private void refuse(String reason) {
            settle(
                    claim.take()
                            ? Optional.of(decided(replies.refuse(address, body, reason, visit.caller())))
                            : Optional.empty());
        }

        /** On the event loop, at the deadline. */
        private void tooLate() {
            if (claim.take()) {
                try {
                    visit.respond(missed(), false);
                } finally {
                    withdraw();
                }
            } else {
                // An answer is on its way, unless there was no memory to send it.
                vertx.setTimer(GRACE_MILLIS, id -> visit.respond(lastResort, false));
            }
        }

        /** That answer, or where it is but an error, a decision if there is one. */
        private Answer decided(Answer answer) {
            return answer.status() == 500 && lastResort.status() == 200 ? lastResort : answer;
        }

        private Answer missed() {
            try {
                return decided(replies.refuse(address, body, deadline.missed(), visit.caller()));
            } catch (RuntimeException | Error e) {
                return lastResort;
            }
        }

        /** On the event loop: the client has gone. */
        private void abandon() {
            vertx.cancelTimer(timer);
            if (claim.take()) {
                withdraw();
            }
        }

        /** What is being judged gives its memory back when that is over. */
        private void withdraw() {
            if (pool.withdraw(lane, this)) {
                intake.release();
            }
        }

        /** From any thread: nothing more happens to the review but that it is answered, if it has not been. */
        private void settle(Optional<Answer> answer) {
            try {
                loop.runOnContext(now -> {
                    vertx.cancelTimer(timer);
                    if (answer.isPresent()) {
                        visit.respond(answer.get(), false);
                    } else if (claim.take()) {
                        visit.respond(missed(), false);
                    }
                });
            } finally {
                intake.release();
            }
        }
    }
}

package dev.bulkhead.admission;

import dev.bulkhead.admission.JudgingPool.Lane;
import dev.bulkhead.admission.ReviewContext.Caller;
import dev.bulkhead.admission.ReviewContext.Claim;
import dev.bulkhead.admission.Reviewer.Answer;
import dev.bulkhead.admission.Reviewer.Attempt;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends complete reviews from their event loops to the judging threads, and the answers back. A review is answered at its
 * deadline whatever becomes of it there, and what nobody waits for any more is not begun.
 */
final class ReviewDispatcher {
    private static final String BUSY = "Too many reviews at once.";
    private static final String UNKNOWN_NAMESPACE =
            "its namespace is not known yet, and the cluster is asked about one for the API server only";

    /** Turns of those whose turn nobody else wants. */
    private static final int ALONE = 0;

    /** All that might be the API server, but could have proved it, take turns as one. */
    private static final int UNVERIFIED = 1;

    private final Vertx vertx;
    private final Reviewer reviewer;
    private final Replies replies;
    private final JudgingPool pool;

    /** Makes which namespaces share a flow unpredictable. */
    private final int seed = ThreadLocalRandom.current().nextInt() | 1;

    ReviewDispatcher(Vertx vertx, Reviewer reviewer, Replies replies, JudgingPool pool) {
        this.vertx = vertx;
        this.reviewer = reviewer;
        this.replies = replies;
        this.pool = pool;
    }

    /** Has a review judged and its visit answered; on the visit's event loop. */
    void dispatch(Visit visit, Address address, Deadline deadline, Intake intake) {
        new Job(visit, address, deadline, intake).begin();
    }

    private int flowOf(byte[] body, Caller caller) {
        if (caller == Caller.UNVERIFIED) {
            return UNVERIFIED;
        }
        String namespace = ReviewBeginning.of(body).namespace();
        int hash = seed;
        for (int i = 0; i < namespace.length(); i++) {
            hash = (hash ^ namespace.charAt(i)) * seed;
            hash ^= hash >>> 15;
        }
        return UNVERIFIED + 1 + Integer.remainderUnsigned(hash, FairQueue.FLOWS - UNVERIFIED - 1);
    }

    private final class Job implements JudgingPool.Job {
        private final Visit visit;
        private final Address address;
        private final Deadline deadline;
        private final Intake intake;
        private final byte[] body;
        private final int flow;
        private final Context loop = vertx.getOrCreateContext();
        private final io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();
        private final Claim claim = new Claim();
        private volatile Lane lane;
        private long timer;

        Job(Visit visit, Address address, Deadline deadline, Intake intake) {
            this.visit = visit;
            this.address = address;
            this.deadline = deadline;
            this.intake = intake;
            this.body = intake.bytes();
            this.lane = Lane.of(body.length);
            this.flow = pool.isIdle(lane) ? ALONE : flowOf(body, visit.caller());
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

        @Override
        public void run(Lane here) {
            if (claim.isTaken()) {
                settle(Optional.empty());
                return;
            }
            boolean mayAsk = here == Lane.QUESTIONS || (here == Lane.LARGE && visit.caller() != Caller.UNVERIFIED);
            Attempt attempt = attempt(new ReviewContext(deadline, here.turn(), visit.caller(), mayAsk, claim));
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

        private Attempt attempt(ReviewContext context) {
            try {
                return trace.wrapSupplier(() -> reviewer.attempt(address.path(), address.profile(), body, context))
                        .get();
            } catch (RuntimeException | Error e) {
                return claim.take()
                        ? new Attempt.Answered(replies.failed(e, address, body, visit.caller()))
                        : new Attempt.Stopped();
            }
        }

        private void moveTo(Lane next) {
            lane = next;
            pool.submit(next, this);
        }

        @Override
        public void displaced() {
            settle(claim.take() ? Optional.of(Replies.tooMany(BUSY)) : Optional.empty());
        }

        private void refuse(String reason) {
            settle(
                    claim.take()
                            ? Optional.of(replies.refuse(address, body, reason, visit.caller()))
                            : Optional.empty());
        }

        /** On the event loop, at the deadline. */
        private void tooLate() {
            if (claim.take()) {
                visit.respond(replies.refuse(address, body, deadline.missed(), visit.caller()), false);
                withdraw();
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
            loop.runOnContext(now -> {
                vertx.cancelTimer(timer);
                intake.release();
                answer.ifPresent(ready -> visit.respond(ready, false));
            });
        }
    }
}

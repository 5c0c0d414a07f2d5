package dev.bulkhead.app.admission;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a review arrived and what may be done to answer it.
 *
 * @param deadline by when the client wants its answer; judging stops when it has passed
 * @param turn by when judging makes way for others, to be taken up again elsewhere; empty where it need not
 * @param caller who sent it, as far as that can be known
 * @param mayAsk whether the cluster may be asked for what is not known; otherwise the decision may be postponed
 * @param claim the right to answer
 */
public record AdmissionContext(
        ReviewDeadline deadline, Optional<ReviewDeadline> turn, Caller caller, boolean mayAsk, Claim claim) {
    /** Who sent a review. The API server presents a client certificate only where it is configured to. */
    public enum Caller {
        /** Presented a certificate that the configured authorities vouch for. */
        VERIFIED,
        /** Presented none although authorities are configured. */
        UNVERIFIED,
        /** No authorities are configured, so that nobody can be told from anybody else. */
        UNKNOWN
    }

    /** The right to answer a review, and to report the decision. Whoever takes it first has it. Thread-safe. */
    public static final class Claim {
        private final AtomicBoolean taken = new AtomicBoolean();

        /** Takes it; false if it has been taken already. */
        public boolean take() {
            return taken.compareAndSet(false, true);
        }

        public boolean isTaken() {
            return taken.get();
        }
    }

    /** For a review that comes from this process itself: no deadline, and anything may be asked. */
    public static AdmissionContext unlimited() {
        return new AdmissionContext(ReviewDeadline.never(), Optional.empty(), Caller.VERIFIED, true, new Claim());
    }

    /** The same where nothing may wait for the cluster. */
    AdmissionContext withoutAsking() {
        return new AdmissionContext(deadline, turn, caller, false, claim);
    }

    /** Whether judging is to stop: its time or its turn is over, or somebody else has answered. */
    public boolean isOver() {
        return claim.isTaken()
                || deadline.isOver()
                || turn.filter(ReviewDeadline::isOver).isPresent();
    }
}

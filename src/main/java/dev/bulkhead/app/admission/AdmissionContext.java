package dev.bulkhead.app.admission;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a review arrived, and the limits within which it is answered.
 *
 * @param deadline when the client needs its answer; the evaluation stops when it has passed
 * @param turn when the evaluation makes way for other reviews, to be started again elsewhere; empty if it never has to
 * @param caller who sent the review, as far as that can be determined
 * @param mayAsk whether the API server may be asked for what is not known yet; otherwise the decision may be postponed
 * @param claim the right to answer
 */
public record AdmissionContext(
        ReviewDeadline deadline, Optional<ReviewDeadline> turn, Caller caller, boolean mayAsk, Claim claim) {
    /** Who sent a review. The API server presents a client certificate only where it is configured to. */
    public enum Caller {
        /** Presented a certificate that a configured CA issued. */
        VERIFIED,
        /** Presented none although CAs are configured. */
        UNVERIFIED,
        /** No CAs are configured, so that clients cannot be distinguished. */
        UNKNOWN
    }

    /** The right to answer a review and to report the decision; the first to take it has it. Thread-safe. */
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

    /** For a review that this process makes itself: no deadline, and the API server may be asked. */
    public static AdmissionContext unlimited() {
        return new AdmissionContext(ReviewDeadline.never(), Optional.empty(), Caller.VERIFIED, true, new Claim());
    }

    /** A copy that does not allow asking the API server. */
    AdmissionContext withoutAsking() {
        return new AdmissionContext(deadline, turn, caller, false, claim);
    }

    /** Whether the evaluation must stop: its deadline or its turn is over, or the review has been answered. */
    public boolean isOver() {
        return claim.isTaken()
                || deadline.isOver()
                || turn.filter(ReviewDeadline::isOver).isPresent();
    }
}

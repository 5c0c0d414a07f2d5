package dev.bulkhead.admission;

/**
 * How a review arrived and what may be done to answer it.
 *
 * @param deadline by when the client wants its answer; judging stops when it has passed
 * @param caller who sent it, as far as that can be known
 * @param mayAsk whether the cluster may be asked for what is not known; otherwise the decision may be postponed
 */
record ReviewContext(Deadline deadline, Caller caller, boolean mayAsk) {
    /** Who sent a review. The API server presents a client certificate only where it is configured to. */
    enum Caller {
        /** Presented a certificate that the configured authorities vouch for. */
        VERIFIED,
        /** Presented none although authorities are configured. */
        UNVERIFIED,
        /** No authorities are configured, so that nobody can be told from anybody else. */
        UNKNOWN
    }

    /** For a review that comes from this process itself: no deadline, and anything may be asked. */
    static ReviewContext unlimited() {
        return new ReviewContext(Deadline.never(), Caller.VERIFIED, true);
    }

    /** The same where nothing may wait for the cluster. */
    ReviewContext withoutAsking() {
        return new ReviewContext(deadline, caller, false);
    }
}

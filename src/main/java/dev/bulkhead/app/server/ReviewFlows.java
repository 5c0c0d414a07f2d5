package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.util.concurrent.ThreadLocalRandom;

/** Which reviews share turns and room: those of one namespace, and perhaps a few namespaces more. */
final class ReviewFlows {
    /** Of those whose turn nobody else wants. */
    static final int ALONE = 0;

    /** All that might be the API server, but could have proved it, are one. */
    private static final int UNVERIFIED = 1;

    /** Makes which namespaces share a flow unpredictable. */
    private final int seed = ThreadLocalRandom.current().nextInt() | 1;

    /** The flow of a review that begins so, from 1 to {@link FairQueue#FLOWS} - 1. */
    int of(ReviewEnvelope beginning, Caller caller) {
        if (caller == Caller.UNVERIFIED) {
            return UNVERIFIED;
        }
        String namespace = beginning.namespace();
        int hash = seed;
        for (int i = 0; i < namespace.length(); i++) {
            hash = (hash ^ namespace.charAt(i)) * seed;
            hash ^= hash >>> 15;
        }
        return UNVERIFIED + 1 + Integer.remainderUnsigned(hash, FairQueue.FLOWS - UNVERIFIED - 1);
    }
}

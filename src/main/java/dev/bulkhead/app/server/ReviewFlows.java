package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.ReviewEnvelope;
import java.util.concurrent.ThreadLocalRandom;

/** Assigns reviews to flows: one per namespace, shared by a few namespaces in case of a collision. */
final class ReviewFlows {
    /** The flow of a review that no other competes with. */
    static final int ALONE = 0;

    /** One flow for all clients that could have proved to be the API server and did not. */
    private static final int UNVERIFIED = 1;

    /** Random, so that nobody can choose a namespace that collides with another. */
    private final int seed = ThreadLocalRandom.current().nextInt() | 1;

    /** The flow of a review, from 1 to {@link FairQueue#FLOWS} - 1. */
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

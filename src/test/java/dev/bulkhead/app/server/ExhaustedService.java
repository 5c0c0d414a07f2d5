package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.ReviewEnvelope;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Lacks memory wherever the name of the object says so, and for every refusal. */
@Alternative
@Singleton
class ExhaustedService implements AdmissionService {
    /** Before it has claimed the right to answer. */
    static final String EVALUATING = "evaluating";

    /** After that. */
    static final String CLAIMED = "claimed";

    /** Not before the deadline. */
    static final String LATE = "late";

    @Override
    public Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context) {
        String name = ReviewEnvelope.of(body).namespace();
        if (name.equals(LATE)) {
            while (!context.isOver()) {
                Thread.onSpinWait();
            }
            return new Attempt.Stopped();
        }
        if (name.equals(CLAIMED)) {
            context.claim().take();
        }
        throw new OutOfMemoryError("a secret of the inside");
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        throw new OutOfMemoryError("a secret of the inside");
    }

    @Override
    public boolean knowsProfile(String profile) {
        return true;
    }
}

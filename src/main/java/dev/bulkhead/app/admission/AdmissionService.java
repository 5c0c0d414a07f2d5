package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import java.util.Optional;

/** Answers reviews; the endpoint passes every body to it. */
public interface AdmissionService {
    /** What the API server requests: a verdict or a patch. */
    enum Path {
        VALIDATE,
        MUTATE
    }

    /** The result of an attempt to answer. */
    sealed interface Attempt {
        /** The review is answered. */
        record Answered(Answer answer) implements Attempt {}

        /** Nothing has been done yet, because the API server must be asked, which the context does not allow. */
        record MustAsk() implements Attempt {}

        /** Stopped, because time or turn are over or the review has been answered elsewhere. */
        record Stopped() implements Attempt {}
    }

    /**
     * Tries to answer within the context. Never throws for invalid input. The pinned profile, if any, must be a known
     * one.
     */
    Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context);

    /**
     * Rejects a review that cannot be evaluated, for this reason, by its first bytes: with a denial, with a warning
     * for namespaces, or with 400 if they hold no uid.
     */
    Answer refuse(Path path, byte[] beginning, String reason, Caller caller);

    boolean knowsProfile(String profile);

    /** An HTTP response. Its body is sent once and never compared, so it is not wrapped. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, String contentType, byte[] body) {}
}

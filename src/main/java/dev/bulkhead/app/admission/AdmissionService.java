package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import java.util.Optional;

/** Answers reviews; what the door hands every body to. */
public interface AdmissionService {
    /** What the API server wants: a verdict, or a patch. */
    enum Path {
        VALIDATE,
        MUTATE
    }

    /** What comes of an attempt to answer. */
    sealed interface Attempt {
        /** The answer. */
        record Answered(Answer answer) implements Attempt {}

        /** Nothing has been done yet, because the cluster has to be asked and may not be. */
        record MustAsk() implements Attempt {}

        /** Stopped, because time or turn are over or somebody else has answered. */
        record Stopped() implements Attempt {}
    }

    /** Tries to answer within the context. Never throws for bad input. The pinned profile, where there is one, is known. */
    Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context);

    /**
     * Answers a review that cannot be judged, for that reason, by its beginning: with a denial, or a warning where it is
     * only about advice; 400 when it tells no uid.
     */
    Answer refuse(Path path, byte[] beginning, String reason, Caller caller);

    boolean knowsProfile(String profile);

    /** An HTTP answer. Its body goes out once and is not compared, so it is not wrapped. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, String contentType, byte[] body) {}
}

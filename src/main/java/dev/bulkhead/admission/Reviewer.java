package dev.bulkhead.admission;

import java.util.Optional;

/** Answers reviews; what the door hands every body to. */
public interface Reviewer {
    /** What the API server wants: a verdict, or a patch. */
    enum Path {
        VALIDATE,
        MUTATE
    }

    /**
     * The answer, which may take a while. Never throws for bad input. The pinned profile, where there is one, is known.
     */
    Answer answer(Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context);

    /** The same answer if it can be given without waiting for anybody; else nothing has been done yet. */
    Optional<Answer> answerAtOnce(Path path, Optional<String> pinnedProfile, byte[] body, ReviewContext context);

    /** Denies a review that cannot be judged, for that reason, by its beginning: 400 when that tells no uid. */
    Answer refuse(Path path, byte[] beginning, String reason);

    boolean knowsProfile(String profile);

    /** An HTTP answer. Its body goes out once and is not compared, so it is not wrapped. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, String contentType, byte[] body) {}
}

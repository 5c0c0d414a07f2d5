package dev.bulkhead.app.cluster.doctor;

/** One question about an installation. */
public interface Check {
    /** Its name in output, of lower-case words and hyphens. */
    String id();

    /**
     * Answers it.
     *
     * @throws UnreadableException when it depends on something that could not be read
     */
    Answer answer(Facts facts) throws UnreadableException;
}

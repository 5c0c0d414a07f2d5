package dev.bulkhead.app.cluster.doctor;

/** Something could not be read. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Answer answer;

    UnreadableException(Answer answer) {
        super(answer.message());
        this.answer = answer;
    }

    /** The answer of a check that depends on it. */
    public Answer answer() {
        return answer;
    }
}

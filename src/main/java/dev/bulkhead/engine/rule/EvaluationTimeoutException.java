package dev.bulkhead.engine.rule;

/** An evaluation was stopped because its time is over; there is no verdict, and nothing may be admitted by it. */
public final class EvaluationTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EvaluationTimeoutException() {
        super("the time for the evaluation is over");
    }
}

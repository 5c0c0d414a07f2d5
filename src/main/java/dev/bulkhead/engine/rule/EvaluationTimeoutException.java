package dev.bulkhead.engine.rule;

/** An evaluation was stopped at its deadline; there is no verdict, and nothing may be admitted. */
public final class EvaluationTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EvaluationTimeoutException() {
        super("the time for the evaluation is over");
    }
}

package dev.bulkhead.engine.rule;

import java.util.function.BooleanSupplier;

/**
 * Counts the steps of one evaluation and stops it at its deadline, after which the verdict is no longer needed. A step
 * is a finding, a comparison, or anything else whose number grows with the caller's input. Used by one thread. The
 * engine has no clock: the caller supplies whether the deadline has passed. The meter asks only once in many steps.
 */
public final class WorkMeter {
    /** About 50 µs of work: rare enough to cost nothing, often enough to stop in time. */
    private static final int STEPS_BETWEEN_CHECKS = 256;

    private final BooleanSupplier timeIsOver;
    private long steps;
    private long nextCheck;

    private WorkMeter(BooleanSupplier timeIsOver) {
        this.timeIsOver = timeIsOver;
    }

    /** A meter that only counts. */
    public static WorkMeter unlimited() {
        return new WorkMeter(() -> false);
    }

    /** A meter that stops the evaluation when the supplier returns true. */
    public static WorkMeter until(BooleanSupplier timeIsOver) {
        return new WorkMeter(timeIsOver);
    }

    /**
     * Counts one step.
     *
     * @throws EvaluationTimeoutException when the deadline has passed
     */
    public void step() {
        if (++steps >= nextCheck) {
            check();
        }
    }

    /**
     * Counts that many steps.
     *
     * @throws EvaluationTimeoutException when the deadline has passed
     */
    public void steps(int taken) {
        steps += taken;
        if (steps >= nextCheck) {
            check();
        }
    }

    /**
     * Checks the deadline at once, before work that may take long.
     *
     * @throws EvaluationTimeoutException when the deadline has passed
     */
    public void check() {
        nextCheck = steps + STEPS_BETWEEN_CHECKS;
        if (timeIsOver.getAsBoolean()) {
            throw new EvaluationTimeoutException();
        }
    }

    /** The steps so far. */
    public long steps() {
        return steps;
    }
}

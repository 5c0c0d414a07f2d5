package dev.bulkhead;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock by which years pass in a moment. */
public final class MovingClock extends Clock {
    private Instant now;
    private Duration perLook = Duration.ZERO;

    public MovingClock(Instant start) {
        this.now = start;
    }

    /** So much time passes. */
    public void pass(Duration time) {
        now = now.plus(time);
    }

    /** From now on so much time passes before each look at it. */
    public void passesAtEachLook(Duration time) {
        perLook = time;
    }

    @Override
    public Instant instant() {
        now = now.plus(perLook);
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}

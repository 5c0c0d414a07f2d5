package dev.bulkhead.app.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a review must be decided. The API server says how long it waits, but any client can: its hint shortens the time
 * and never extends it.
 *
 * @param start when the time began, by {@link System#nanoTime()}
 * @param nanos how long it lasts
 */
public record ReviewDeadline(long start, long nanos) {
    private static final Pattern SECONDS = Pattern.compile("([1-9][0-9]{0,2})s");

    /** The part of the client's time that is reserved for the response. */
    private static final int MARGIN = 10;

    /** Starts at that time; the hint is the API server's {@code timeout} parameter. */
    public static ReviewDeadline from(long start, Duration maxDuration, @Nullable String hint) {
        long nanos = maxDuration.toNanos();
        if (hint != null) {
            Matcher seconds = SECONDS.matcher(hint);
            if (seconds.matches()) {
                long hinted = TimeUnit.SECONDS.toNanos(Long.parseLong(seconds.group(1)));
                nanos = Math.min(nanos, hinted - hinted / MARGIN);
            }
        }
        return new ReviewDeadline(start, nanos);
    }

    /** One that never passes. */
    static ReviewDeadline never() {
        return new ReviewDeadline(System.nanoTime(), Long.MAX_VALUE);
    }

    /** One that starts now. */
    public static ReviewDeadline after(Duration time) {
        return new ReviewDeadline(System.nanoTime(), time.toNanos());
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return System.nanoTime() - start >= nanos;
    }

    /** The time that is left, in milliseconds; zero or less when it has passed. */
    public long millisLeft() {
        return TimeUnit.NANOSECONDS.toMillis(nanos - (System.nanoTime() - start));
    }

    /** The message for a review that was not evaluated in time. */
    public String missed() {
        return "it was not evaluated within " + length().toMillis() + " ms";
    }

    Duration length() {
        return Duration.ofNanos(nanos);
    }
}

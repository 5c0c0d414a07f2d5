package dev.bulkhead.app.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * By when a review has to be decided. The API server tells how long it waits, which anybody could claim: the hint can
 * make the time shorter, never longer.
 *
 * @param start when the time began, by {@link System#nanoTime()}
 * @param nanos how long it lasts
 */
public record ReviewDeadline(long start, long nanos) {
    private static final Pattern SECONDS = Pattern.compile("([1-9][0-9]{0,2})s");

    /** What a decision needs to arrive before the client gives up, as a part of the client's time. */
    private static final int MARGIN = 10;

    /** From now on; the hint is what the API server's {@code timeout} parameter says. */
    public static ReviewDeadline from(long start, Duration longest, @Nullable String hint) {
        long nanos = longest.toNanos();
        if (hint != null) {
            Matcher seconds = SECONDS.matcher(hint);
            if (seconds.matches()) {
                long hinted = TimeUnit.SECONDS.toNanos(Long.parseLong(seconds.group(1)));
                nanos = Math.min(nanos, hinted - hinted / MARGIN);
            }
        }
        return new ReviewDeadline(start, nanos);
    }

    /** One that does not pass. */
    static ReviewDeadline never() {
        return new ReviewDeadline(System.nanoTime(), Long.MAX_VALUE);
    }

    /** One that begins now. */
    public static ReviewDeadline after(Duration time) {
        return new ReviewDeadline(System.nanoTime(), time.toNanos());
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return System.nanoTime() - start >= nanos;
    }

    /** How much is left, in milliseconds; zero or less when it has passed. */
    public long millisLeft() {
        return TimeUnit.NANOSECONDS.toMillis(nanos - (System.nanoTime() - start));
    }

    /** What is said of a review that was not judged in time. */
    public String missed() {
        return "it was not evaluated within " + length().toMillis() + " ms";
    }

    Duration length() {
        return Duration.ofNanos(nanos);
    }
}

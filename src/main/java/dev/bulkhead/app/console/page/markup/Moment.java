package dev.bulkhead.app.console.page.markup;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A point in time as pages show it.
 *
 * @param text relative to now, such as {@code 3 minutes ago} or {@code in 12 days}
 * @param exact in UTC, to the second
 */
public record Moment(String text, String exact) {
    public static Moment of(Instant instant, Instant now) {
        Duration ago = Duration.between(instant, now);
        String exact = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        if (ago.isNegative()) {
            return new Moment("in " + length(ago.negated()), exact);
        }
        return new Moment(ago.toSeconds() < 1 ? "now" : length(ago) + " ago", exact);
    }

    /** The largest unit of which there are two, as people say it. */
    public static String length(Duration duration) {
        if (duration.toDays() >= 2) {
            return duration.toDays() + " days";
        }
        if (duration.toHours() >= 2) {
            return duration.toHours() + " hours";
        }
        if (duration.toMinutes() >= 2) {
            return duration.toMinutes() + " minutes";
        }
        return Phrases.counted(Math.max(1, duration.toSeconds()), "second");
    }
}

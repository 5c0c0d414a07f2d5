package dev.bulkhead.app.registry;

import java.time.Duration;

/**
 * When something has to be done.
 *
 * @param end on the scale of {@link System#nanoTime}
 * @param whole how long it was at the beginning
 */
record Deadline(long end, Duration whole) {
    static Deadline in(Duration whole) {
        return new Deadline(System.nanoTime() + whole.toNanos(), whole);
    }

    /** How many nanoseconds are left; at least 0. */
    long left() {
        return Math.max(0, end - System.nanoTime());
    }

    /** The whole time as a message says it. */
    String within() {
        return "within " + whole.toSeconds() + " s";
    }
}

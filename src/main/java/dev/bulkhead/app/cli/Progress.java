package dev.bulkhead.app.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Shows progress to a person who waits, and erases it afterwards. */
final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final Clock clock;
    private final int total;
    private Instant due;
    private boolean shown;
    private String file = "";
    private int files;

    Progress(PrintWriter err, Clock clock, int total) {
        this.err = err;
        this.clock = clock;
        this.total = total;
        this.due = clock.instant().plus(PATIENCE);
    }

    /** Reports a document of that file. */
    void reached(String name) {
        if (!name.equals(file)) {
            file = name;
            files++;
        }
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        due = now.plus(STEP);
        shown = true;
        // A document that is evaluated twice counts once.
        err.print(ERASE + "evaluating file " + ((files - 1) % total + 1) + " of " + total);
        err.flush();
    }

    @Override
    public void close() {
        if (shown) {
            err.print(ERASE);
            err.flush();
        }
    }
}

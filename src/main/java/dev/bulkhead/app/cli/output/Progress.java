package dev.bulkhead.app.cli.output;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Shows progress to a person who waits, and erases it afterwards. */
public final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final Clock clock;
    private final String doing;
    private final int total;
    private Instant due;
    private boolean shown;
    private String file = "";
    private int files;

    /**
     * Shows nothing for a second.
     *
     * @param doing what is done with each of them, such as {@code evaluating file}
     * @param total how many there are
     */
    public Progress(PrintWriter err, Clock clock, String doing, int total) {
        this.err = err;
        this.clock = clock;
        this.doing = doing;
        this.total = total;
        this.due = clock.instant().plus(PATIENCE);
    }

    /** Reports a document of that file. */
    public void reached(String name) {
        if (!name.equals(file)) {
            file = name;
            files++;
        }
        // A document that is evaluated twice counts once.
        reached((files - 1) % total + 1);
    }

    /** Reports that this one is reached, counted from 1. */
    public void reached(int number) {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return;
        }
        due = now.plus(STEP);
        shown = true;
        err.print(ERASE + doing + " " + number + " of " + total);
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

package dev.bulkhead.app.cli.output;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Shows progress to a person who waits, and erases it afterwards. */
public final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(100);

    private final StatusLine line;
    private final Clock clock;
    private final String doing;
    private final int total;
    private Instant due;
    private String file = "";
    private int files;

    /**
     * Shows nothing for a second.
     *
     * @param doing what is done with each of them, such as {@code evaluating file}
     * @param total how many there are
     */
    public Progress(PrintWriter err, Clock clock, String doing, int total) {
        this.line = new StatusLine(err, true);
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
        line.show(doing + " " + number + " of " + total);
    }

    @Override
    public void close() {
        line.close();
    }
}

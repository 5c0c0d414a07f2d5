package dev.bulkhead.app.cli.output;

import java.io.PrintWriter;

/** Shows a person at a terminal what a command waits for, and erases it afterwards. */
public final class Waiting implements AutoCloseable {
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean shows;

    /**
     * Shows nothing yet.
     *
     * @param terminal whether a person sits at it
     */
    public Waiting(PrintWriter err, boolean terminal) {
        this.err = err;
        this.shows = terminal;
    }

    /** Shows what is being read. */
    public void show(String what) {
        if (shows) {
            err.print(ERASE + "reading " + what);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (shows) {
            err.print(ERASE);
            err.flush();
        }
    }
}

package dev.bulkhead.app.cli.output;

import java.io.PrintWriter;

/** A line that shows a person at a terminal what a command does, until it is done. */
public final class StatusLine implements AutoCloseable {
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private boolean shown;

    /**
     * Shows nothing yet.
     *
     * @param terminal whether a person sits at it; if not, nothing is ever shown
     */
    public StatusLine(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Shows that in place of what was shown before. */
    public void show(String what) {
        if (terminal) {
            shown = true;
            err.print(ERASE + what);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (shown) {
            err.print(ERASE);
            err.flush();
        }
    }
}

package dev.bulkhead.app.cli;

import java.io.PrintWriter;

/** Shows a person at a terminal what a command waits for, and erases it afterwards. */
final class Waiting implements AutoCloseable {
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean shows;

    Waiting(CliEnvironment environment, PrintWriter err) {
        this.err = err;
        this.shows = environment.isTerminal(StandardStream.ERR);
    }

    void show(String what) {
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

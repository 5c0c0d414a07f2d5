package dev.bulkhead.cli;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** Tells on a terminal how far a long run is, and leaves no trace. */
final class Progress {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final PrintWriter err;
    private final boolean shown;
    private final int files;
    private final long started = System.nanoTime();
    private long last = started;
    private boolean dirty;
    private int done;
    private String current = "";

    Progress(PrintWriter err, boolean shown, int files) {
        this.err = err;
        this.shown = shown;
        this.files = files;
    }

    /** Something of that file has been judged. */
    void at(String file) {
        if (!file.equals(current)) {
            current = file;
            done++;
        }
        long now = System.nanoTime();
        if (shown && now - started > PATIENCE && now - last > PAUSE) {
            last = now;
            dirty = true;
            err.print("\r" + done + " of " + files + " files");
            err.flush();
        }
    }

    void end() {
        if (dirty) {
            err.print("\r" + " ".repeat(40) + "\r");
            err.flush();
        }
    }
}

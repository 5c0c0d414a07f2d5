package dev.bulkhead.app.cluster.doctor;

import java.util.Locale;

/** What a check found, the worst first. */
public enum State {
    /** It does not work, or will not for long. */
    PROBLEM,
    /** The user may not read what the check needs, or it could not be read. */
    UNKNOWN,
    /** It works, but needs attention. */
    WARNING,
    OK;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

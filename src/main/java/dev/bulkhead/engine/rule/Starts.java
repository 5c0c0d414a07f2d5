package dev.bulkhead.engine.rule;

import java.util.Locale;

/**
 * Whether a container starts, and its program with it, with what hardening filled in. In the order from the best to the
 * worst.
 */
public enum Starts {
    /** Nothing that is known keeps it from starting. */
    YES,
    /** It depends on something that is not known, which a note names. */
    UNKNOWN,
    /** It does not. */
    NO;

    /** As reports say it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is true of both together. */
    public Starts and(Starts other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

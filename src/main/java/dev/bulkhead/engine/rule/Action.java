package dev.bulkhead.engine.rule;

import java.util.Locale;
import java.util.Optional;

/** What a finding leads to, from the least to the most severe. */
public enum Action {
    OFF,
    /** Recorded without a warning. */
    AUDIT,
    /** Admitted with a warning. */
    WARN,
    /** Filled in if unset; denied if explicitly unsafe. */
    HARDEN,
    DENY;

    /** The name that policies and reports use. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The action of that name, if there is one. */
    public static Optional<Action> named(String label) {
        for (Action action : values()) {
            if (action.label().equals(label)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }

    public boolean isStricterThan(Action other) {
        return compareTo(other) > 0;
    }

    public static Action stricter(Action a, Action b) {
        return a.isStricterThan(b) ? a : b;
    }

    public static Action milder(Action a, Action b) {
        return a.isStricterThan(b) ? b : a;
    }
}

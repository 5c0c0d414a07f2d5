package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Action;
import java.util.Locale;
import java.util.Optional;

/** How far a policy goes, from the least to the most restrictive. */
public enum Mode {
    /** Findings are only recorded. */
    AUDIT(Action.AUDIT),
    /** Nothing is denied or changed; instead there are warnings. */
    WARN(Action.WARN),
    /** The actions apply as they are. */
    ENFORCE(Action.DENY);

    private final Action strictest;

    Mode(Action strictest) {
        this.strictest = strictest;
    }

    /** The action, limited to what this mode permits. */
    public Action limit(Action action) {
        return Action.milder(action, strictest);
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode of that name, if there is one. */
    public static Optional<Mode> named(String label) {
        for (Mode mode : values()) {
            if (mode.label().equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Action;
import java.util.Locale;
import java.util.Optional;

/** How far a policy goes, from the mildest to the strictest. */
public enum Mode {
    /** Everything is only recorded. */
    AUDIT(Action.AUDIT),
    /** Nothing is denied or changed; what would be is warned about. */
    WARN(Action.WARN),
    /** As the actions say. */
    ENFORCE(Action.DENY);

    private final Action strictest;

    Mode(Action strictest) {
        this.strictest = strictest;
    }

    /** The action as far as this mode lets it go. */
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

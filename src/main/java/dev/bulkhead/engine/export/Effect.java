package dev.bulkhead.engine.export;

import dev.bulkhead.engine.rule.Action;
import java.util.Locale;
import java.util.Optional;

/** What the API server does about a finding. */
enum Effect {
    DENY("Deny"),
    WARN("Warn"),
    AUDIT("Audit");

    private final String validationAction;

    Effect(String validationAction) {
        this.validationAction = validationAction;
    }

    /** The word for it in a binding's {@code validationActions}. */
    String validationAction() {
        return validationAction;
    }

    /** The word for it in names. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The effect of an action on a pod that hardening has passed by; empty if it has none. */
    static Optional<Effect> of(Action action) {
        return switch (action) {
            case DENY, HARDEN -> Optional.of(DENY);
            case WARN -> Optional.of(WARN);
            case AUDIT -> Optional.of(AUDIT);
            case OFF -> Optional.empty();
        };
    }
}

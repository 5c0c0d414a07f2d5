package dev.bulkhead.engine.policy;

import java.util.Locale;
import java.util.Optional;

/** What becomes of workloads that no policy matches, outside of the namespaces that policies exclude by name. */
public enum DefaultPolicy {
    /** The built-in policy evaluates them. */
    FALLBACK,
    /** Nothing evaluates them. */
    NONE;

    /** The built-in policy, where it is to evaluate them. */
    public Optional<Policy> fallback(Policy builtIn) {
        return this == FALLBACK ? Optional.of(builtIn) : Optional.empty();
    }

    /** The word for it in settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

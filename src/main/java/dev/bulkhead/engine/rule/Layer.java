package dev.bulkhead.engine.rule;

import java.util.Locale;

/** The layers that an attacker has to cross from inside a container to the host, from the inside out. */
public enum Layer {
    IDENTITY,
    CAPABILITIES,
    CONFINEMENT,
    FILESYSTEM,
    SECRETS,
    HOST,
    DAEMON,
    SANDBOX;

    /** The layer's name as users read it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

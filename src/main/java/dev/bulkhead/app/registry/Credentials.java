package dev.bulkhead.app.registry;

import java.util.Optional;

/** The credentials for registries. An implementation is safe for use by several threads. */
interface Credentials {
    /** There are none. */
    Credentials NONE = (registry, deadline) -> new Found(Optional.empty(), Optional.empty());

    /** The credentials for the registry that references name so. */
    Found find(String registry, Deadline deadline);

    /**
     * What was found.
     *
     * @param problem why there may be credentials that were not found
     */
    record Found(Optional<Login> login, Optional<String> problem) {}

    /**
     * The credentials for a registry.
     *
     * @param identityToken whether the secret is no password but a token, for which the registry issues others
     */
    record Login(String user, String secret, boolean identityToken) {
        /** Without the secret, wherever it is printed. */
        @Override
        public String toString() {
            return "login of " + user;
        }
    }
}

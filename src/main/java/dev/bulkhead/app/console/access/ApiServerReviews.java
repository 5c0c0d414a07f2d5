package dev.bulkhead.app.console.access;

import java.io.IOException;
import java.util.Optional;

/** What the API server says of people. Each call waits for it, for a limited time. */
public interface ApiServerReviews {
    /**
     * Whose token it is; empty if it is nobody's, or no longer.
     *
     * @throws IOException when the API server does not say
     */
    Optional<Identity> owner(String token) throws IOException;

    /**
     * Whether somebody may list pods.
     *
     * @param namespace empty for all of them
     * @throws IOException when the API server does not say
     */
    boolean mayListPods(Identity identity, Optional<String> namespace) throws IOException;
}

package dev.bulkhead.app.console.access;

import java.io.IOException;
import java.util.Optional;

/** What the API server says of people. Each call waits for it, for a limited time. */
public interface ApiServerReviews {
    /**
     * The user that the token identifies; empty if it is invalid or has expired.
     *
     * @throws IOException when the API server does not say
     */
    Optional<Identity> owner(String token) throws IOException;

    /**
     * Whether a person may list pods.
     *
     * @param namespace empty for all of them
     * @throws IOException when the API server does not say
     */
    boolean mayListPods(Identity identity, Optional<String> namespace) throws IOException;
}

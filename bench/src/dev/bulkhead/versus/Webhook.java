package dev.bulkhead.versus;

import java.net.URI;
import java.util.Optional;

/** A webhook that runs, and the process that it costs. */
record Webhook(String name, String version, URI validate, Optional<URI> mutate, Optional<Long> pid) {
    long process() {
        return pid.orElseThrow();
    }
}

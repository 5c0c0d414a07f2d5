package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * When an exemption was last used at admission.
 *
 * @param exemption its {@code namespace/name}
 */
public record LastUse(String exemption, Instant at) {
    /** As the status of a stored exemption says; empty if it was never used. */
    public static Optional<LastUse> in(JsonNode stored) {
        try {
            return Optional.of(new LastUse(
                    stored.at("/metadata/namespace").asText() + "/"
                            + stored.at("/metadata/name").asText(),
                    Instant.parse(stored.at("/status/lastUsed").asText())));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}

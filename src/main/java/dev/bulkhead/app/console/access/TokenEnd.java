package dev.bulkhead.app.console.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** When a token says that it ends. The API server accepts one for a minute more, for clocks that differ. */
final class TokenEnd {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenEnd() {}

    /** The time in the claims of a JSON Web Token; empty for other tokens. Nothing of it is verified here. */
    static Optional<Instant> of(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode end =
                    JSON.readTree(Base64.getUrlDecoder().decode(parts[1])).path("exp");
            return end.isNumber() ? Optional.of(Instant.ofEpochSecond(end.asLong())) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException | IOException e) {
            return Optional.empty();
        }
    }
}

package dev.bulkhead.app.console.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Whose the tokens are that programs send with each request: kept for less than a minute, by a digest of the token. */
final class BearerTokens {
    static final Duration HOLDS = Duration.ofSeconds(45);
    private static final int MOST = 512;

    private final ApiServerReviews reviews;
    private final Clock clock;
    private final Map<String, Known> known = new LinkedHashMap<>();

    private record Known(Optional<Identity> owner, Instant until) {}

    BearerTokens(ApiServerReviews reviews, Clock clock) {
        this.reviews = reviews;
        this.clock = clock;
    }

    /** What is known of a token without asking: empty if nothing is. */
    synchronized Optional<Optional<Identity>> known(String token) {
        Known answer = known.get(digest(token));
        return answer == null || !clock.instant().isBefore(answer.until())
                ? Optional.empty()
                : Optional.of(answer.owner());
    }

    /**
     * Asks for the user that it identifies; empty if it is invalid.
     *
     * @throws IOException when the API server does not say
     */
    Optional<Identity> ask(String token) throws IOException {
        Instant asked = clock.instant();
        Optional<Identity> owner = reviews.owner(token);
        synchronized (this) {
            String digest = digest(token);
            known.remove(digest);
            if (known.size() >= MOST) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(digest, new Known(owner, asked.plus(HOLDS)));
        }
        return owner;
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

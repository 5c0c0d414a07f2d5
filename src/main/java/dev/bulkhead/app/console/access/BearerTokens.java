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

/**
 * Whose the tokens are that have been reviewed: kept for less than a minute, by a digest of the token. Tokens of nobody are
 * kept apart, so that however many of them are sent, they displace no other.
 */
final class BearerTokens {
    static final Duration HOLDS = Duration.ofSeconds(45);
    private static final int MOST = 512;

    /** How many tokens that are new one person may send in a minute. */
    static final int NEW_OF_ONE_PERSON = 60;

    private final ApiServerReviews reviews;
    private final AttemptLimit attempts;
    private final AttemptLimit ofOnePerson;
    private final Clock clock;
    private final Map<String, Known> valid = new LinkedHashMap<>();
    private final Map<String, Known> invalid = new LinkedHashMap<>();

    private record Known(Optional<Identity> owner, Instant until) {}

    /** What a review says, or why there is none. */
    sealed interface Owner {
        /** The token is this person's. */
        record Valid(Identity identity) implements Owner {}

        /** The token is invalid, or has expired. */
        record Invalid() implements Owner {}

        /** Too many unknown tokens were tried, or this person has sent too many different ones. */
        record NotReviewed() implements Owner {}
    }

    BearerTokens(ApiServerReviews reviews, AttemptLimit attempts, Clock clock) {
        this.reviews = reviews;
        this.attempts = attempts;
        this.ofOnePerson = new AttemptLimit(NEW_OF_ONE_PERSON, Integer.MAX_VALUE, clock);
        this.clock = clock;
    }

    /**
     * Whose it is, by the last review if that is recent.
     *
     * @param address that sends it
     * @throws IOException when the API server does not say
     */
    Owner recent(String token, String address) throws IOException {
        String digest = digest(token);
        Optional<Identity> known = known(digest);
        return known.isPresent() ? new Owner.Valid(known.get()) : reviewed(token, digest, address);
    }

    /**
     * Whose it is now. Only of an invalid token the last review counts.
     *
     * @param address that sends it
     * @throws IOException when the API server does not say
     */
    Owner now(String token, String address) throws IOException {
        return reviewed(token, digest(token), address);
    }

    private synchronized Optional<Identity> known(String digest) {
        return Optional.ofNullable(valid.get(digest))
                .filter(known -> clock.instant().isBefore(known.until()))
                .flatMap(Known::owner);
    }

    /** What was valid when it was reviewed last is reviewed again without being counted. */
    private Owner reviewed(String token, String digest, String address) throws IOException {
        Instant asked = clock.instant();
        boolean counted;
        synchronized (this) {
            Known last = invalid.get(digest);
            if (last != null && asked.isBefore(last.until())) {
                return new Owner.Invalid();
            }
            counted = !valid.containsKey(digest);
        }
        if (counted && !attempts.take(address)) {
            return new Owner.NotReviewed();
        }
        Optional<Identity> owner;
        try {
            owner = reviews.owner(token);
        } catch (IOException e) {
            // What is not answered tells nothing about the token.
            if (counted) {
                attempts.giveBack(address);
            }
            throw e;
        }
        if (counted && owner.isPresent()) {
            if (!ofOnePerson.take(owner.get().user())) {
                // Neither kept, so that it displaces no other, nor given back.
                return new Owner.NotReviewed();
            }
            attempts.giveBack(address);
        }
        synchronized (this) {
            valid.remove(digest);
            invalid.remove(digest);
            Map<String, Known> kept = owner.isPresent() ? valid : invalid;
            if (kept.size() >= MOST) {
                kept.remove(kept.keySet().iterator().next());
            }
            kept.put(digest, new Known(owner, asked.plus(HOLDS)));
        }
        return owner.<Owner>map(Owner.Valid::new).orElseGet(Owner.Invalid::new);
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

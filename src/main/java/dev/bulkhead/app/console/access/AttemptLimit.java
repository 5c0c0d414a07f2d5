package dev.bulkhead.app.console.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how many tokens are tried in a minute: by one source, which is an address or the token's owner, and in all. Each
 * costs the API server a review. An attempt that proves valid can be given back, so that many people behind one address can
 * sign in at once.
 */
final class AttemptLimit {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int mostFromOne;
    private final int most;
    private final Clock clock;
    private final Map<String, Integer> bySource = new HashMap<>();
    private Instant end = Instant.EPOCH;
    private int all;

    AttemptLimit(int mostFromOne, int most, Clock clock) {
        this.mostFromOne = mostFromOne;
        this.most = most;
        this.clock = clock;
    }

    /** Whether one more may be tried; it then counts. */
    synchronized boolean take(String source) {
        Instant now = clock.instant();
        if (!now.isBefore(end)) {
            end = now.plus(WINDOW);
            all = 0;
            bySource.clear();
        }
        if (all >= most || bySource.getOrDefault(source, 0) >= mostFromOne) {
            return false;
        }
        all++;
        bySource.merge(source, 1, Integer::sum);
        return true;
    }

    /** One that was taken does not count after all. */
    synchronized void giveBack(String source) {
        if (bySource.containsKey(source)) {
            all--;
            bySource.computeIfPresent(source, (same, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
        }
    }
}

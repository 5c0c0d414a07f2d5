package dev.bulkhead.app.console.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how many unknown tokens are tried in a minute: from one address, and in all. Each costs the API server a review. What
 * turns out to be a token of somebody is given back, so that many people behind one address can sign in at once.
 */
final class AttemptLimit {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int mostFromOne;
    private final int most;
    private final Clock clock;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private Instant end = Instant.EPOCH;
    private int all;

    AttemptLimit(int mostFromOne, int most, Clock clock) {
        this.mostFromOne = mostFromOne;
        this.most = most;
        this.clock = clock;
    }

    /** Whether one more may be tried; it then counts. */
    synchronized boolean take(String address) {
        Instant now = clock.instant();
        if (!now.isBefore(end)) {
            end = now.plus(WINDOW);
            all = 0;
            byAddress.clear();
        }
        if (all >= most || byAddress.getOrDefault(address, 0) >= mostFromOne) {
            return false;
        }
        all++;
        byAddress.merge(address, 1, Integer::sum);
        return true;
    }

    /** One that was taken does not count after all. */
    synchronized void giveBack(String address) {
        if (byAddress.containsKey(address)) {
            all--;
            byAddress.computeIfPresent(address, (same, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
        }
    }
}

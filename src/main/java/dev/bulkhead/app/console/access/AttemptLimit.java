package dev.bulkhead.app.console.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Limits how many tokens are tried in a minute: by one address, and by all. Each costs the API server a review. */
final class AttemptLimit {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int mostByOne;
    private final int most;
    private final Clock clock;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private Instant end = Instant.EPOCH;
    private int all;

    AttemptLimit(int mostByOne, int most, Clock clock) {
        this.mostByOne = mostByOne;
        this.most = most;
        this.clock = clock;
    }

    /** Whether one more may be tried; it then counts. */
    synchronized boolean allows(String address) {
        Instant now = clock.instant();
        if (!now.isBefore(end)) {
            end = now.plus(WINDOW);
            all = 0;
            byAddress.clear();
        }
        if (all >= most || byAddress.getOrDefault(address, 0) >= mostByOne) {
            return false;
        }
        all++;
        byAddress.merge(address, 1, Integer::sum);
        return true;
    }
}

package dev.bulkhead.app.warmup;

/**
 * Watches what rounds of equal work cost, and says when they have stopped getting cheaper: when one was not clearly cheaper
 * than the cheapest before it. Not thread-safe.
 */
final class SettlingCost {
    /** A round counts as cheaper if it costs at most this share of the cheapest one. */
    private static final double CHEAPER = 0.75;

    private long begun = Long.MIN_VALUE;
    private long cheapest = Long.MAX_VALUE;

    /**
     * Ends a round and begins the next one.
     *
     * @param total what all work has cost so far, in any unit
     * @return whether the cost has settled
     */
    boolean settledAt(long total) {
        boolean settled = false;
        if (begun != Long.MIN_VALUE) {
            long cost = total - begun;
            settled = cost > cheapest * CHEAPER;
            cheapest = Math.min(cheapest, cost);
        }
        begun = total;
        return settled;
    }
}

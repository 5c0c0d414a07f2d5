package dev.bulkhead.app.warmup;

/**
 * Watches what rounds of equal work cost, and says when they have stopped getting cheaper: when two in a row were not
 * clearly cheaper than the cheapest before them. Not thread-safe.
 */
final class SettlingCost {
    /** A round counts as cheaper if it costs at most this share of the cheapest one. */
    private static final double CHEAPER = 0.75;

    private static final int ROUNDS_IN_A_ROW = 2;

    private long begun = Long.MIN_VALUE;
    private long cheapest = Long.MAX_VALUE;
    private int notCheaper;

    /**
     * Ends a round and begins the next one.
     *
     * @param total what all work has cost so far, in any unit
     * @return whether the cost has settled
     */
    boolean settledAt(long total) {
        if (begun != Long.MIN_VALUE) {
            long cost = total - begun;
            notCheaper = cost <= cheapest * CHEAPER ? 0 : notCheaper + 1;
            cheapest = Math.min(cheapest, cost);
        }
        begun = total;
        return notCheaper >= ROUNDS_IN_A_ROW;
    }
}

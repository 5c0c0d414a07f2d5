package dev.bulkhead.app.server;

import java.util.function.IntSupplier;

/**
 * Limits the bytes of all reviews in memory. Parts are reserved for small and for medium reviews. Of the rest, one
 * flow gets at most half while it is alone, a third while there are two, and so on, but always enough for one review.
 */
public final class BufferBudget {
    private static final int SMALL = 64 * 1024;
    private static final int MEDIUM = 1024 * 1024;
    private static final int NO_FLOW = -1;

    private final long size;
    private final long sizeForMedium;
    private final long sizeForLarge;
    private final long[] takenByFlow = new long[FairQueue.FLOWS];
    private long taken;

    /**
     * Holds at least one review of the largest size, besides an eighth reserved for small reviews and another eighth
     * for medium ones.
     */
    public BufferBudget(long size, long largest) {
        this.size = size;
        this.sizeForMedium = Math.max(largest, size - size / 8);
        this.sizeForLarge = Math.max(largest, size - size / 4);
    }

    /** A share for one review, at first empty. */
    Share share() {
        return new Share();
    }

    synchronized long taken() {
        return taken;
    }

    private long sizeFor(int bytes) {
        return bytes <= SMALL ? size : bytes <= MEDIUM ? sizeForMedium : sizeForLarge;
    }

    /** The bytes that one review holds. */
    final class Share {
        private int bytes;
        private int flow = NO_FLOW;

        private Share() {}

        /**
         * Grows to that many bytes; returns false and changes nothing when the budget is used up.
         *
         * @param flowOf the review's flow, from 0 to {@link FairQueue#FLOWS} - 1; asked for when the review stops
         *     being small
         */
        boolean growTo(int total, IntSupplier flowOf) {
            int owner = total <= SMALL ? NO_FLOW : flow == NO_FLOW ? flowOf.getAsInt() : flow;
            synchronized (BufferBudget.this) {
                int more = total - bytes;
                long left = sizeFor(total) - taken - more;
                if (left < 0) {
                    return false;
                }
                if (owner != NO_FLOW) {
                    long others = takenByFlow[owner] - (flow == NO_FLOW ? 0 : bytes);
                    if (others > 0 && others + total > left) {
                        return false;
                    }
                    takenByFlow[owner] = others + total;
                }
                flow = owner;
                bytes = total;
                taken += more;
                return true;
            }
        }

        /** Returns all of it. Allocates nothing. */
        void release() {
            synchronized (BufferBudget.this) {
                taken -= bytes;
                if (flow != NO_FLOW) {
                    takenByFlow[flow] -= bytes;
                }
                bytes = 0;
                flow = NO_FLOW;
            }
        }
    }
}

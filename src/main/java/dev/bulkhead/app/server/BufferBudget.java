package dev.bulkhead.app.server;

import java.util.function.IntSupplier;

/**
 * How many bytes of reviews the gate holds, and the most it may. Parts are kept for small and for middling reviews. Of
 * what is larger than small, a flow has no more than what it leaves to others: one alone half, two a third each, and so
 * on, but each at least one review.
 */
final class BufferBudget {
    private static final int SMALL = 64 * 1024;
    private static final int MEDIUM = 1024 * 1024;
    private static final int NO_FLOW = -1;

    private final long size;
    private final long sizeForMedium;
    private final long sizeForLarge;
    private final long[] takenByFlow = new long[FairQueue.FLOWS];
    private long taken;

    /**
     * Has at least room for one review of the largest size, and beside it an eighth for none but small ones and another
     * for none that is large.
     */
    BufferBudget(long size, long largest) {
        this.size = size;
        this.sizeForMedium = Math.max(largest, size - size / 8);
        this.sizeForLarge = Math.max(largest, size - size / 4);
    }

    /** The room of one review, at first none. */
    Share share() {
        return new Share();
    }

    synchronized long taken() {
        return taken;
    }

    private long sizeFor(int bytes) {
        return bytes <= SMALL ? size : bytes <= MEDIUM ? sizeForMedium : sizeForLarge;
    }

    /** What one review holds. */
    final class Share {
        private int bytes;
        private int flow = NO_FLOW;

        private Share() {}

        /**
         * Makes it that large, or leaves it as it is when the room is not there.
         *
         * @param flowOf whose review it is, from 0 to {@link FairQueue#FLOWS} - 1; asked for when it stops being small
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

        /** Gives all of it back. Needs no memory. */
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

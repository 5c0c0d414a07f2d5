package dev.bulkhead.admission;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of reviews the gate holds, and the most it may. Parts are kept for small and for middling reviews. */
final class Room {
    private static final int SMALL = 64 * 1024;
    private static final int MEDIUM = 1024 * 1024;

    private final long size;
    private final long sizeForMedium;
    private final long sizeForLarge;
    private final AtomicLong taken = new AtomicLong();

    /**
     * Has at least room for one review of the largest size, and beside it an eighth for none but small ones and another
     * for none that is large.
     */
    Room(long size, long largest) {
        this.size = size;
        this.sizeForMedium = Math.max(largest, size - size / 8);
        this.sizeForLarge = Math.max(largest, size - size / 4);
    }

    /**
     * Takes that much, or nothing when it is not there.
     *
     * @param total what the review has with it
     */
    boolean take(int bytes, int total) {
        if (taken.addAndGet(bytes) <= (total <= SMALL ? size : total <= MEDIUM ? sizeForMedium : sizeForLarge)) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}

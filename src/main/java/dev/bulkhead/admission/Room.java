package dev.bulkhead.admission;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of reviews the gate holds, and the most it may. */
final class Room {
    private final long size;
    private final AtomicLong taken = new AtomicLong();

    Room(long size) {
        this.size = size;
    }

    /** Takes that much, or nothing when it is not there. */
    boolean take(int bytes) {
        if (taken.addAndGet(bytes) <= size) {
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

package dev.bulkhead.app.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue bounded in bytes that no sender can fill at the expense of others: entries belong to flows, and the flow
 * that has been served least, in bytes, is served next. An entry that finds the queue full displaces an entry of the
 * flow that holds most. Every operation takes constant time; thread-safe.
 *
 * @param <E> entries, compared by identity
 */
final class FairQueue<E extends FairQueue.Entry> {
    /**
     * The number of flows is fixed, because flows are derived from what callers send: a flow is a number below this.
     */
    static final int FLOWS = 64;

    /** The overhead of an entry in bytes, which bounds the number of entries as well. */
    private static final int OVERHEAD = 1_024;

    /** An entry of the queue. */
    interface Entry {
        /** Its flow, from 0 to {@link #FLOWS} - 1. */
        int flow();

        /** Its size in bytes. */
        int size();
    }

    private static final class Flow<E> {
        private final LinkedHashSet<E> entries = new LinkedHashSet<>();
        private long bytes;
        private long served;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final List<Flow<E>> flows = new ArrayList<>(FLOWS);
    private final long maxBytes;
    private long bytes;
    private int size;
    private int idle;

    /** Where a flow starts that becomes active: the most that any active flow was served. */
    private long now;

    /** A queue of that many bytes, or of a single entry of any size. */
    FairQueue(long maxBytes) {
        this.maxBytes = maxBytes;
        for (int i = 0; i < FLOWS; i++) {
            flows.add(new Flow<>());
        }
    }

    /** Adds an entry and returns the entries that it displaced, possibly itself. */
    List<E> add(E entry) {
        lock.lock();
        try {
            Flow<E> flow = flows.get(entry.flow());
            if (flow.entries.isEmpty()) {
                // A flow earns no credit while it is inactive.
                flow.served = Math.max(flow.served, now);
            }
            flow.entries.add(entry);
            count(flow, entry, 1);
            List<E> displaced = List.of();
            while (bytes > maxBytes && size > 1) {
                Flow<E> fullest = fullest();
                E victim = fullest == flow ? entry : fullest.entries.iterator().next();
                fullest.entries.remove(victim);
                count(fullest, victim, -1);
                displaced = displaced.isEmpty() ? new ArrayList<>() : displaced;
                displaced.add(victim);
                if (victim == entry) {
                    return displaced;
                }
            }
            filled.signal();
            return displaced;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the next entry; waits for one. */
    E take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            idle++;
            try {
                while (size == 0) {
                    filled.await();
                }
            } finally {
                idle--;
            }
            return next();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the next entry, if there is one. */
    Optional<E> poll() {
        lock.lock();
        try {
            return size == 0 ? Optional.empty() : Optional.of(next());
        } finally {
            lock.unlock();
        }
    }

    /** Whether a consumer is waiting, so that an entry that is added now is taken at once. */
    boolean isIdle() {
        lock.lock();
        try {
            return idle > size;
        } finally {
            lock.unlock();
        }
    }

    /** Removes that entry; false if it is no longer in the queue. */
    boolean remove(E entry) {
        lock.lock();
        try {
            Flow<E> flow = flows.get(entry.flow());
            boolean there = flow.entries.remove(entry);
            if (there) {
                count(flow, entry, -1);
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    private E next() {
        Flow<E> flow = leastServed();
        E entry = flow.entries.iterator().next();
        flow.entries.remove(entry);
        count(flow, entry, -1);
        now = Math.max(now, flow.served);
        flow.served += entry.size() + OVERHEAD;
        return entry;
    }

    private Flow<E> leastServed() {
        Flow<E> least = flows.get(0);
        for (Flow<E> flow : flows) {
            if (!flow.entries.isEmpty() && (least.entries.isEmpty() || flow.served < least.served)) {
                least = flow;
            }
        }
        return least;
    }

    private Flow<E> fullest() {
        Flow<E> fullest = flows.get(0);
        for (Flow<E> flow : flows) {
            if (flow.bytes > fullest.bytes) {
                fullest = flow;
            }
        }
        return fullest;
    }

    private void count(Flow<E> flow, E entry, int sign) {
        long more = sign * ((long) entry.size() + OVERHEAD);
        flow.bytes += more;
        bytes += more;
        size += sign;
    }
}

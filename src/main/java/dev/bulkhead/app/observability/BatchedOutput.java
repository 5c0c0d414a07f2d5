package dev.bulkhead.app.observability;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream that takes records without making anybody wait, and has a thread of its own write those that have come
 * together. A record is what is written between two flushes. The first one after a pause is written at once, the others
 * at most {@link #PAUSE} later. While the target takes nothing, records are kept up to a limit; beyond it they are lost
 * as a whole, and counted. One class, although it is long: one lock guards all of its state.
 */
final class BatchedOutput extends OutputStream {
    /** Between two writes: what is lost when the process is killed. */
    static final Duration PAUSE = Duration.ofMillis(20);

    /** So many bytes are written before the pause is over. */
    private static final int ENOUGH = 16 << 10;

    /** Larger buffers are not kept. */
    private static final int USUAL_CAPACITY = 4 * ENOUGH;

    /** How long a record waits to be written once the stream is closing. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Receives the number of lost records. */
    interface Losses {
        /** So many more were lost; called once writing is possible again, by a thread that holds no lock of the stream. */
        void report(long records);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition due = lock.newCondition();
    private final Condition written = lock.newCondition();
    private final OutputStream target;
    private final int maxBytes;
    private final Losses losses;

    /** The complete records, and behind them the one that is still written to. */
    private byte[] bytes = new byte[ENOUGH];

    private byte[] spare = new byte[ENOUGH];
    private int length;
    private int complete;
    private int records;
    private long lost;
    private long reported;

    /** Whether the record that is written to is lost. */
    private boolean dropping;

    /** Whether the writer has nothing to do, so that somebody has to wake it. */
    private boolean idle;

    private boolean writing;
    private boolean closing;

    /**
     * Starts the thread.
     *
     * @param maxBytes what is kept while the target takes nothing
     */
    BatchedOutput(OutputStream target, int maxBytes, Losses losses) {
        this.target = target;
        this.maxBytes = maxBytes;
        this.losses = losses;
        Thread writer = new Thread(this::work, "log-writer");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] more, int from, int count) {
        lock.lock();
        try {
            if (dropping) {
                return;
            }
            if (count > maxBytes - length) {
                length = complete;
                dropping = true;
                return;
            }
            int needed = length + count;
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(needed, 2 * bytes.length)));
            }
            System.arraycopy(more, from, bytes, length, count);
            length = needed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a record. */
    @Override
    public void flush() {
        lock.lock();
        try {
            if (dropping) {
                dropping = false;
                lost++;
                return;
            }
            if (length == complete) {
                return;
            }
            boolean enough = complete < ENOUGH && length >= ENOUGH;
            complete = length;
            records++;
            if (idle || enough) {
                due.signal();
            }
            if (closing) {
                // Once one has waited in vain, no other waits.
                closing = isDrained();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes what is there, and from now on each record before its writer continues: the process may end at any time.
     * Waits no longer than a second for a target that takes nothing.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = isDrained();
        } finally {
            lock.unlock();
        }
        report();
    }

    /** How many records were lost until now. */
    long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** What it holds of memory, in bytes. */
    int capacity() {
        lock.lock();
        try {
            return bytes.length + spare.length;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything is written; false if that takes too long. */
    private boolean isDrained() {
        due.signal();
        long left = PATIENCE.toNanos();
        try {
            while (complete > 0 || writing) {
                if (left <= 0) {
                    return false;
                }
                left = written.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private void work() {
        while (true) {
            try {
                writeBatch();
                if (!isClosing()) {
                    // Afterwards each record waits for this thread, which must not make one.
                    report();
                }
                pause();
            } catch (InterruptedException | RuntimeException | Error e) {
                // The log is where this would be said. Without this thread there is none.
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void writeBatch() throws InterruptedException {
        byte[] batch;
        int size;
        int count;
        lock.lockInterruptibly();
        try {
            idle = true;
            while (complete == 0) {
                due.await();
            }
            idle = false;
            batch = bytes;
            size = complete;
            count = records;
            int rest = length - complete;
            byte[] next = rest <= spare.length ? spare : new byte[rest];
            System.arraycopy(batch, complete, next, 0, rest);
            bytes = next;
            length = rest;
            complete = 0;
            records = 0;
            writing = true;
        } finally {
            lock.unlock();
        }
        int failed = count;
        try {
            target.write(batch, 0, size);
            target.flush();
            failed = 0;
        } catch (IOException e) {
            // The reader has closed the pipe. There is nowhere to log that, but the records are counted.
        } finally {
            finish(batch, failed);
        }
    }

    private void finish(byte[] batch, int failed) {
        lock.lock();
        try {
            writing = false;
            lost += failed;
            if (batch.length <= USUAL_CAPACITY) {
                spare = batch;
            } else {
                spare = new byte[ENOUGH];
            }
        } finally {
            written.signalAll();
            lock.unlock();
        }
    }

    /** Lets records come together, unless many do, or the stream is closing. */
    private void pause() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = PAUSE.toNanos();
            while (left > 0 && complete < ENOUGH && !closing) {
                left = due.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void report() {
        long more;
        lock.lock();
        try {
            // A report is a record itself, which needs room.
            more = length > maxBytes / 2 ? 0 : lost - reported;
            reported += more;
        } finally {
            lock.unlock();
        }
        if (more > 0) {
            losses.report(more);
        }
    }
}

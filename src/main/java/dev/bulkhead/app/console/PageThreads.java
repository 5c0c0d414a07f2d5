package dev.bulkhead.app.console;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads on which pages and answers of the API are made, and a limited number of requests that wait for one. */
public final class PageThreads implements AutoCloseable {
    /** How many requests wait, for each thread. A page loads few things at once, and takes milliseconds. */
    private static final int WAITING = 16;

    private final ThreadPoolExecutor threads;

    PageThreads(int number) {
        this.threads = new ThreadPoolExecutor(
                number, number, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(number * WAITING), work -> {
                    Thread thread = new Thread(work, "console-page");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Runs it on one of the threads; empty if too many wait.
     *
     * @param onEnd runs once the work has ended, or will not begin; also where it is not accepted
     */
    public Optional<Running> run(Runnable work, Runnable onEnd) {
        Running running = new Running(work, onEnd);
        try {
            threads.execute(running);
            return Optional.of(running);
        } catch (RejectedExecutionException e) {
            running.cancel();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Work that waits for a thread or runs. */
    public static final class Running implements Runnable {
        private final Runnable work;
        private final Runnable onEnd;
        private @Nullable Thread thread;
        private boolean over;

        private Running(Runnable work, Runnable onEnd) {
            this.work = work;
            this.onEnd = onEnd;
        }

        @Override
        public void run() {
            synchronized (this) {
                if (over) {
                    return;
                }
                thread = Thread.currentThread();
            }
            try {
                work.run();
            } finally {
                synchronized (this) {
                    over = true;
                    thread = null;
                    // An interrupt is not for what this thread does next.
                    boolean unused = Thread.interrupted();
                }
                onEnd.run();
            }
        }

        /** The answer is no longer needed: the work does not begin, or is interrupted. */
        public void cancel() {
            synchronized (this) {
                if (thread != null) {
                    thread.interrupt();
                    return;
                }
                if (over) {
                    return;
                }
                over = true;
            }
            onEnd.run();
        }
    }
}

package dev.bulkhead.app.console;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which pages are made, and a limited number of requests that wait for one. */
final class PageThreads implements AutoCloseable {
    /** How many requests wait, for each thread. A page loads few things at once, and takes milliseconds. */
    private static final int WAITING = 16;

    private final ThreadPoolExecutor threads;

    PageThreads(int number) {
        AtomicInteger count = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                number, number, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(number * WAITING), work -> {
                    Thread thread = new Thread(work, "console-page-" + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Runs it on one of the threads; empty if too many wait. */
    Optional<Future<?>> run(Runnable work) {
        try {
            return Optional.of(threads.submit(work));
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

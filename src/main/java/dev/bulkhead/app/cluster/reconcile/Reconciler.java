package dev.bulkhead.app.cluster.reconcile;

import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.engine.text.FailureText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Repeats one kind of work on its own thread, so that no other work waits for it. A pass that fails is retried after
 * pauses that double; a pass that takes too long is interrupted and counts as failed. Thread-safe.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    private final String name;
    private final Work work;
    private final Pace pace;
    private final ScheduledExecutorService thread;
    private final ScheduledExecutorService watchdog;
    private Optional<Thread> running = Optional.empty();
    private Optional<ScheduledFuture<?>> next = Optional.empty();
    private boolean again;
    private boolean closed;
    private int failures;
    private String reported = "";

    /** The work; idempotent, because it is repeated. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does what is due now.
         *
         * @throws Exception when something is left to do, which is logged and retried
         */
        void run() throws Exception;
    }

    /**
     * How often work is done.
     *
     * @param every the pause after a pass that succeeded
     * @param retry the pause after the first of several passes that failed; it doubles with each
     * @param maxRetry the longest pause after a pass that failed
     * @param within how long a pass may take
     */
    public record Pace(Duration every, Duration retry, Duration maxRetry, Duration within) {
        Duration after(int failures) {
            if (failures == 0) {
                return every;
            }
            Duration pause = retry.multipliedBy(1L << Math.min(failures - 1, 20));
            return pause.compareTo(maxRetry) < 0 ? pause : maxRetry;
        }
    }

    /**
     * Does nothing before it is started.
     *
     * @param name of the thread, and of the work in the log
     */
    public Reconciler(String name, Work work, Pace pace) {
        this.name = name;
        this.work = work;
        this.pace = pace;
        this.thread = daemon(name);
        this.watchdog = daemon(name + "-watchdog");
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts with a first pass at once. */
    public void start() {
        soon();
    }

    /**
     * Starts a pass as soon as the current one is over, or at once if there is none, because something has changed.
     * After a failure the pause is kept.
     */
    public synchronized void soon() {
        if (closed) {
            return;
        }
        if (running.isPresent()) {
            again = true;
        } else if (failures == 0) {
            schedule(Duration.ZERO);
        }
    }

    private synchronized void schedule(Duration pause) {
        if (closed) {
            return;
        }
        next.ifPresent(later -> later.cancel(false));
        try {
            next = Optional.of(thread.schedule(this::pass, pause.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            next = Optional.empty();
        }
    }

    private void pass() {
        Optional<ScheduledFuture<?>> limit = Optional.empty();
        Optional<Throwable> failure = Optional.empty();
        try {
            begin();
            limit = Optional.of(watchdog.schedule(this::interrupt, pace.within().toNanos(), TimeUnit.NANOSECONDS));
            work.run();
        } catch (Exception | Error e) {
            failure = Optional.of(e);
        } finally {
            limit.ifPresent(timer -> timer.cancel(false));
            schedule(end(failure));
        }
    }

    private synchronized void begin() {
        running = Optional.of(Thread.currentThread());
        again = false;
    }

    private synchronized void interrupt() {
        running.ifPresent(Thread::interrupt);
    }

    /** The pause until the next pass. */
    private synchronized Duration end(Optional<Throwable> failure) {
        running = Optional.empty();
        // It may have been interrupted at the last moment.
        boolean late = Thread.interrupted();
        if (failure.isEmpty()) {
            failures = 0;
            reported = "";
            return again ? Duration.ZERO : pace.every();
        }
        failures++;
        Duration pause = pace.after(failures);
        if (!closed) {
            try {
                report(failure.get(), late, pause);
            } catch (RuntimeException | Error e) {
                // A failure that cannot be reported must not end the work.
                reported = "";
            }
        }
        return pause;
    }

    /** A failure that repeats is logged once. */
    private void report(Throwable failure, boolean late, Duration pause) {
        String reason = late || failure instanceof InterruptedException
                ? "it took longer than " + pace.within().toSeconds() + " s"
                : ApiServerFailure.text(failure);
        if (reason.equals(reported)) {
            LOG.debugf("%s failed again, number of failures in a row: %d", name, failures);
            return;
        }
        reported = reason;
        LOG.warnf("%s failed, retrying in %d s: %s", name, pause.toSeconds(), reason);
        LOG.debugf("%s failed: %s", name, String.join("\n", FailureText.stackTrace(failure)));
    }

    /** Stops; a pass that is running is interrupted. */
    @Override
    public synchronized void close() {
        closed = true;
        thread.shutdownNow();
        watchdog.shutdownNow();
    }
}

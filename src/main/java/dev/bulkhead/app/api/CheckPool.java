package dev.bulkhead.app.api;

import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.config.GateConfig;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.rule.WorkMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The threads on which the API evaluates manifests, and the slots of those that wait for one. There is a fixed number
 * of both, and none is shared with the webhook, so a busy API does not delay reviews.
 */
@Singleton
final class CheckPool implements AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final int slots;
    private final Semaphore permits;
    private final Duration longest;

    @Inject
    CheckPool(GateConfig config, MeterRegistry meters) {
        this(config.api().threads(), config.api().waiting(), config.admission().deadline(), meters);
    }

    /** With that many threads, and that many slots for waiting manifests. */
    CheckPool(int threads, int waiting, Duration longest, MeterRegistry meters) {
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "api-check-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        this.slots = threads + waiting;
        this.permits = new Semaphore(slots);
        this.longest = longest;
        Gauge.builder("bulkhead.api.checks", this, CheckPool::used)
                .description("Manifests that arrive, wait or are evaluated")
                .register(meters);
    }

    /** The number of slots in use. */
    int used() {
        return slots - permits.availablePermits();
    }

    /** Acquires a slot if one is free. The caller must {@link Slot#release release} it. */
    Optional<Slot> acquire() {
        return permits.tryAcquire() ? Optional.of(new Slot()) : Optional.empty();
    }

    @Override
    @PreDestroy
    public void close() {
        threads.shutdownNow();
    }

    /** The slot of a manifest, from the head of its request to the end of its evaluation. */
    final class Slot {
        private final long start = System.nanoTime();
        private Optional<Runnable> task = Optional.empty();
        private boolean released;
        private volatile boolean abandoned;

        private Slot() {}

        /** Runs the work on a thread of the pool; the deadline counts from the acquisition of the slot. */
        <T> CompletionStage<T> run(Function<WorkMeter, T> work) {
            CompletableFuture<T> result = new CompletableFuture<>();
            Runnable submitted = () -> {
                try {
                    WorkMeter meter = WorkMeter.until(this::isOver);
                    meter.check();
                    result.complete(work.apply(meter));
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                } finally {
                    free();
                }
            };
            synchronized (this) {
                task = Optional.of(submitted);
            }
            threads.execute(submitted);
            return result.orTimeout(Math.max(0, longest.toNanos() - elapsed()), TimeUnit.NANOSECONDS)
                    .exceptionally(e -> {
                        Throwable cause = e.getCause();
                        throw explained(e instanceof CompletionException && cause != null ? cause : e);
                    });
        }

        /** The request is over, answered or not: work that has not started is dropped, running work ends soon. */
        void release() {
            abandoned = true;
            Optional<Runnable> submitted;
            synchronized (this) {
                submitted = task;
            }
            if (submitted.isEmpty() || threads.remove(submitted.get())) {
                free();
            }
        }

        private RuntimeException explained(Throwable failure) {
            if (failure instanceof TimeoutException || failure instanceof EvaluationTimeoutException) {
                return new ProblemException(Problem.ofTooMuch(
                                Status.SERVICE_UNAVAILABLE,
                                "The manifest was not evaluated within " + longest.toMillis()
                                        + " ms. Try again, or send fewer objects at once.")
                        .with("Retry-After", "1"));
            }
            return failure instanceof RuntimeException known ? known : new CompletionException(failure);
        }

        private boolean isOver() {
            return abandoned || elapsed() >= longest.toNanos();
        }

        private long elapsed() {
            return System.nanoTime() - start;
        }

        private synchronized void free() {
            if (!released) {
                released = true;
                permits.release();
            }
        }
    }
}

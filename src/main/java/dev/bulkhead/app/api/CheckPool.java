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
 * The threads on which the API evaluates manifests, and the places of those that wait for one. There is a fixed number
 * of both, and none is shared with the webhook, so that the API can be busy while reviews are answered as ever.
 */
@Singleton
final class CheckPool implements AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final int places;
    private final Semaphore free;
    private final Duration longest;

    @Inject
    CheckPool(GateConfig config, MeterRegistry meters) {
        this(config.api().threads(), config.api().waiting(), config.admission().deadline(), meters);
    }

    /** With so many threads, and so many places besides. */
    CheckPool(int threads, int waiting, Duration longest, MeterRegistry meters) {
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "api-check-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        this.places = threads + waiting;
        this.free = new Semaphore(places);
        this.longest = longest;
        Gauge.builder("bulkhead.api.checks", this, CheckPool::taken)
                .description("Manifests that arrive, wait or are evaluated")
                .register(meters);
    }

    /** How many places are taken. */
    int taken() {
        return places - free.availablePermits();
    }

    /** Takes a place if there is one. It is to be {@link Place#leave left}. */
    Optional<Place> enter() {
        return free.tryAcquire() ? Optional.of(new Place()) : Optional.empty();
    }

    @Override
    @PreDestroy
    public void close() {
        threads.shutdownNow();
    }

    /** Where a manifest waits to be evaluated and is evaluated, from the head of its request to the end of the work. */
    final class Place {
        private final long start = System.nanoTime();
        private Optional<Runnable> task = Optional.empty();
        private boolean released;
        private volatile boolean abandoned;

        private Place() {}

        /** Has the work done on a thread of the pool, within the time that counts from when the place was taken. */
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
                    release();
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

        /** The request is over, answered or not: what has not begun does not begin, what has begun ends soon. */
        void leave() {
            abandoned = true;
            Optional<Runnable> submitted;
            synchronized (this) {
                submitted = task;
            }
            if (submitted.isEmpty() || threads.remove(submitted.get())) {
                release();
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

        private synchronized void release() {
            if (!released) {
                released = true;
                free.release();
            }
        }
    }
}

package dev.bulkhead.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class CheckPoolTest {
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore released = new Semaphore(0);

    private static CheckPool pool(Duration longest) {
        return new CheckPool(1, 1, longest, new SimpleMeterRegistry());
    }

    private String held() {
        begun.release();
        released.acquireUninterruptibly();
        return "done";
    }

    @Test
    void answersWhatTakesTooLongWhileItsThreadIsStillHeld() {
        try (CheckPool pool = pool(Duration.ofMillis(50))) {
            CheckPool.Slot slot = pool.acquire().orElseThrow();
            CompletableFuture<String> answer = slot.run(work -> held()).toCompletableFuture();

            assertThatThrownBy(answer::join)
                    .hasCauseInstanceOf(ProblemException.class)
                    .hasMessageContaining("not evaluated within 50 ms");
            slot.release();
            released.release();
        }
    }

    @Test
    void endsWorkThatNobodyWaitsFor() {
        try (CheckPool pool = pool(Duration.ofMinutes(10))) {
            CheckPool.Slot slot = pool.acquire().orElseThrow();
            CompletableFuture<String> answer = slot.run(work -> {
                        String done = held();
                        work.check();
                        return done;
                    })
                    .toCompletableFuture();
            begun.acquireUninterruptibly();
            slot.release();
            released.release();

            assertThatThrownBy(answer::join).hasCauseInstanceOf(ProblemException.class);
        }
    }

    @Test
    void givesThePlaceOfWhatHasNotBegunToOthers() {
        try (CheckPool pool = pool(Duration.ofMinutes(10))) {
            CompletableFuture<String> first =
                    pool.acquire().orElseThrow().run(work -> held()).toCompletableFuture();
            CheckPool.Slot queued = pool.acquire().orElseThrow();
            CompletableFuture<String> never = queued.run(work -> "never").toCompletableFuture();

            assertThat(pool.acquire()).isEmpty();
            queued.release();
            assertThat(pool.used()).isEqualTo(1);
            CompletableFuture<String> next =
                    pool.acquire().orElseThrow().run(work -> "next").toCompletableFuture();
            released.release();

            assertThat(first.join()).isEqualTo("done");
            assertThat(next.join()).isEqualTo("next");
            assertThat(never).isNotDone();
        }
    }
}

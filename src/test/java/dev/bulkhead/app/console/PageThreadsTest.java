package dev.bulkhead.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageThreadsTest {
    private final PageThreads threads = new PageThreads(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger ends = new AtomicInteger();

    @AfterEach
    void stop() {
        release.countDown();
        threads.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Not even an interrupt ends it. */
    private void hold() {
        begun.countDown();
        boolean held = true;
        while (held) {
            try {
                held = !release.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                held = true;
            }
        }
    }

    private Optional<PageThreads.Running> run(Runnable work) {
        return threads.run(work, ends::incrementAndGet);
    }

    @Test
    void workEndsWhenItHasEndedNotWhenNobodyWaitsForIt() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        PageThreads.Running running = threads.run(this::hold, ended::countDown).orElseThrow();
        await(begun);
        running.cancel();
        assertThat(ended.getCount()).isOne();

        release.countDown();
        await(ended);
    }

    @Test
    void whatIsGivenUpBeforeItBeginsEndsAtOnceAndNeverBegins() {
        assertThat(run(this::hold)).isPresent();
        await(begun);
        AtomicInteger runs = new AtomicInteger();
        PageThreads.Running waiting = run(runs::incrementAndGet).orElseThrow();
        waiting.cancel();
        waiting.cancel();
        assertThat(ends).hasValue(1);

        CountDownLatch last = new CountDownLatch(1);
        assertThat(run(last::countDown)).isPresent();
        release.countDown();
        await(last);
        assertThat(runs).hasValue(0);
    }

    @Test
    void whatIsTooMuchEndsAtOnce() {
        assertThat(run(this::hold)).isPresent();
        await(begun);
        List<PageThreads.Running> waiting = new ArrayList<>();
        Optional<PageThreads.Running> next = run(() -> {});
        while (next.isPresent()) {
            waiting.add(next.get());
            next = run(() -> {});
        }

        assertThat(waiting).hasSize(16);
        assertThat(ends).hasValue(1);
    }
}

package dev.bulkhead.app.cluster.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.server.LogListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SOON = Duration.ofMillis(1);

    private final AtomicInteger passes = new AtomicInteger();

    private void awaitPasses(int number) {
        FakeApiServer.await(number + " passes", () -> passes.get() >= number);
    }

    @Test
    void worksAgainAndAgain() {
        try (Reconciler reconciler =
                new Reconciler("test", passes::incrementAndGet, new Pace(SOON, NEVER, NEVER, NEVER))) {
            reconciler.start();

            awaitPasses(3);
        }
    }

    @Test
    void worksAtOnceWhenSomethingHasChanged() {
        try (Reconciler reconciler =
                new Reconciler("test", passes::incrementAndGet, new Pace(NEVER, NEVER, NEVER, NEVER))) {
            reconciler.start();
            awaitPasses(1);

            reconciler.soon();

            awaitPasses(2);
        }
    }

    @Test
    void worksOnceMoreWhenSomethingHasChangedMeanwhile() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Reconciler.Work work = () -> {
            passes.incrementAndGet();
            begun.countDown();
            end.await();
        };
        try (Reconciler reconciler = new Reconciler("test", work, new Pace(NEVER, NEVER, NEVER, NEVER))) {
            reconciler.start();
            begun.await();
            reconciler.soon();
            reconciler.soon();
            end.countDown();

            awaitPasses(2);
        }
    }

    @Test
    void triesAgainWhatFailedAndReportsTheReasonOnce() {
        Reconciler.Work work = () -> {
            if (passes.incrementAndGet() < 4) {
                throw new IOException("the disk is full");
            }
        };
        try (LogListener log = LogListener.to(Reconciler.class.getName());
                Reconciler reconciler = new Reconciler("test", work, new Pace(NEVER, SOON, SOON, NEVER))) {
            reconciler.start();
            awaitPasses(4);

            assertThat(log.messages())
                    .filteredOn(message -> message.startsWith("test failed, retrying in "))
                    .singleElement()
                    .asString()
                    .endsWith(": the disk is full");
        }
    }

    @Test
    void survivesAnError() {
        Reconciler.Work work = () -> {
            if (passes.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
        };
        try (Reconciler reconciler = new Reconciler("test", work, new Pace(NEVER, SOON, SOON, NEVER))) {
            reconciler.start();

            awaitPasses(2);
        }
    }

    @Test
    void interruptsWhatTakesTooLongAndTriesItAgain() {
        AtomicBoolean interruptedBefore = new AtomicBoolean();
        CountDownLatch never = new CountDownLatch(1);
        Reconciler.Work work = () -> {
            interruptedBefore.compareAndSet(false, Thread.currentThread().isInterrupted());
            if (passes.incrementAndGet() == 1) {
                never.await();
            }
        };
        try (Reconciler reconciler = new Reconciler("test", work, new Pace(NEVER, SOON, SOON, Duration.ofMillis(50)))) {
            reconciler.start();

            awaitPasses(2);
            assertThat(interruptedBefore).isFalse();
        }
    }

    @Test
    void workThatHangsOrFailsDelaysNoOther() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        Reconciler.Work hang = () -> {
            hanging.countDown();
            never.await();
        };
        Reconciler.Work fail = () -> {
            throw new IllegalStateException("no");
        };
        Pace pace = new Pace(SOON, NEVER, NEVER, NEVER);
        try (Reconciler one = new Reconciler("hangs", hang, pace);
                Reconciler two = new Reconciler("fails", fail, pace);
                Reconciler three = new Reconciler("works", passes::incrementAndGet, pace)) {
            List.of(one, two).forEach(Reconciler::start);
            FakeApiServer.await("the one that hangs", () -> hanging.getCount() == 0);
            three.start();

            awaitPasses(3);
        }
    }

    @Test
    void doesNothingOnceClosed() {
        Reconciler reconciler = new Reconciler("test", passes::incrementAndGet, new Pace(NEVER, NEVER, NEVER, NEVER));
        reconciler.close();

        reconciler.start();
        reconciler.soon();

        assertThat(passes).hasValue(0);
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        Pace pace =
                new Pace(Duration.ofSeconds(7), Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60));

        assertThat(List.of(
                        pace.after(0), pace.after(1), pace.after(2), pace.after(5), pace.after(6), pace.after(1_000)))
                .extracting(Duration::toSeconds)
                .containsExactly(7L, 1L, 2L, 16L, 30L, 30L);
    }
}

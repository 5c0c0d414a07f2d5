package dev.bulkhead.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.rule.WorkMeter;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Blocks each thread that calls it, until the test releases one. */
@Alternative
@Singleton
class BlockingEvaluator implements ManifestEvaluator {
    private final Semaphore held = new Semaphore(0);
    private final Semaphore released = new Semaphore(0);

    /** Waits until so many threads more are held. */
    void awaitHeld(int threads) {
        try {
            assertThat(held.tryAcquire(threads, 60, TimeUnit.SECONDS))
                    .as("%d threads evaluate", threads)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets so many go. */
    void release(int threads) {
        released.release(threads);
    }

    @Override
    public byte[] check(byte[] manifest, CheckParameters parameters, WorkMeter work) {
        held.release();
        // Not even an interrupt ends it.
        released.acquireUninterruptibly();
        work.check();
        return "{\"evaluated\":true}".getBytes(StandardCharsets.UTF_8);
    }
}

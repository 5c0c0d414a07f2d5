package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulkhead.app.admission.AdmissionContext;
import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionReviewHandler;
import dev.bulkhead.app.admission.AdmissionService;
import dev.bulkhead.app.admission.ReviewEnvelope;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Holds the threads on which it evaluates until they are released. */
@Alternative
@Singleton
class BlockingService implements AdmissionService {
    /** The name of an object whose evaluation does not finish. */
    static final String BLOCK = "block";

    /** Likewise, after the cluster has to be asked. */
    static final String ASK = "ask";

    /** How the name of an object begins that takes longer than a turn. */
    static final String LONG = "long";

    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final Semaphore blocked = new Semaphore(0);
    private volatile CountDownLatch release = new CountDownLatch(1);

    /** A review of an object of that name, at least so large. */
    static byte[] review(String name, int size) {
        String review =
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u-1\","
                        + "\"name\":\"" + name + "\"}}";
        return (review + " ".repeat(Math.max(0, size - review.length()))).getBytes(UTF_8);
    }

    /** Waits until so many threads more are held. */
    void awaitBlocked(int threads) {
        blocked.acquireUninterruptibly(threads);
    }

    /** Lets all of them go, and begins anew. */
    void release() {
        CountDownLatch held = release;
        release = new CountDownLatch(1);
        held.countDown();
    }

    /** The names of the objects whose evaluation has started since the last call. */
    List<String> begun() {
        List<String> names = List.copyOf(begun);
        begun.clear();
        return names;
    }

    @Override
    public Attempt attempt(Path path, Optional<String> pinnedProfile, byte[] body, AdmissionContext context) {
        String name = ReviewEnvelope.of(body).namespace();
        if (name.startsWith(ASK) && !context.mayAsk()) {
            return new Attempt.MustAsk();
        }
        if (name.startsWith(LONG) && context.turn().isPresent()) {
            return new Attempt.Stopped();
        }
        CountDownLatch until = release;
        begun.add(name);
        if (name.startsWith(BLOCK) || name.startsWith(ASK)) {
            blocked.release();
            boolean held = true;
            while (held) {
                try {
                    until.await();
                    held = false;
                } catch (InterruptedException e) {
                    // Not even that ends it.
                    held = true;
                }
            }
        }
        return new Attempt.Answered(new Answer(200, "text/plain", name.getBytes(UTF_8)));
    }

    @Override
    public Answer refuse(Path path, byte[] beginning, String reason, Caller caller) {
        return AdmissionReviewHandler.by(
                        WorkloadKinds.builtIn(),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Clock.systemUTC())
                .refuse(path, beginning, reason, caller);
    }

    @Override
    public boolean knowsProfile(String profile) {
        return true;
    }
}

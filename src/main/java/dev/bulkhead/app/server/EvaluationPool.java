package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.admission.ReviewDeadline;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The threads on which reviews are judged, and nothing else is done: what keeps time, reads and answers has others. Each
 * size of review has its lane with threads and a queue of its own, so that large ones, however many, leave the small
 * ones theirs; within a lane namespaces take turns. In its lane a review has a turn of a certain length; what takes
 * longer makes way and begins anew among the large ones.
 */
final class EvaluationPool implements AutoCloseable {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** Where a review waits for its turn. */
    enum Lane {
        /** Nearly all pods. */
        SMALL(64 * 1024, Math.max(2, PROCESSORS), Optional.of(Duration.ofMillis(500))),
        MEDIUM(1024 * 1024, Math.max(1, PROCESSORS / 2), Optional.of(Duration.ofSeconds(1))),
        /** One at a time, because its tree takes many times the memory of its bytes. */
        LARGE(Integer.MAX_VALUE, 1, Optional.empty()),
        /** Those about which the cluster is asked: threads that wait. */
        QUESTIONS(0, 4, Optional.empty());

        private final int largest;
        private final int threads;
        private final Optional<Duration> turn;

        Lane(int largest, int threads, Optional<Duration> turn) {
            this.largest = largest;
            this.threads = threads;
            this.turn = turn;
        }

        /** The lane for a review of so many bytes that nobody has looked at yet. */
        static Lane of(int size) {
            return size <= SMALL.largest ? SMALL : size <= MEDIUM.largest ? MEDIUM : LARGE;
        }

        /** How many reviews are judged there at once. */
        int threads() {
            return threads;
        }

        /** When a turn that begins now is over. */
        Optional<ReviewDeadline> turn() {
            return turn.map(ReviewDeadline::after);
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A review to be judged. */
    interface Job extends FairQueue.Entry {
        /** Judges it. */
        void run(Lane lane);

        /** Others had the better right to the room that it took; it is not run. */
        void displaced();
    }

    private final Map<Lane, FairQueue<Job>> queues = new EnumMap<>(Lane.class);
    private final List<Thread> threads = new ArrayList<>();

    /** Starts the threads; what waits in a lane takes a quarter of that many bytes, or all where reviews are large. */
    EvaluationPool(long maxBytes, MeterRegistry meters) {
        for (Lane lane : Lane.values()) {
            FairQueue<Job> queue = new FairQueue<>(lane == Lane.LARGE ? maxBytes : maxBytes / 4);
            queues.put(lane, queue);
            Gauge.builder("bulkhead.admission.waiting", queue, FairQueue::size)
                    .description("Reviews that wait to be judged")
                    .tag("lane", lane.label())
                    .register(meters);
            for (int i = 0; i < lane.threads(); i++) {
                Thread thread = new Thread(() -> work(lane, queue), "judge-" + lane.label() + "-" + i);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        }
    }

    /** Has the job run when its turn comes, or displaced at once. */
    void submit(Lane lane, Job job) {
        queue(lane).add(job).forEach(Job::displaced);
    }

    /** Whether a thread waits there for something to do. */
    boolean isIdle(Lane lane) {
        return queue(lane).isIdle();
    }

    /** Takes back a job that nobody waits for any more; false if it is running, or over. */
    boolean withdraw(Lane lane, Job job) {
        return queue(lane).remove(job);
    }

    private FairQueue<Job> queue(Lane lane) {
        FairQueue<Job> queue = queues.get(lane);
        if (queue == null) {
            throw new IllegalStateException("no queue for " + lane);
        }
        return queue;
    }

    private static void work(Lane lane, FairQueue<Job> queue) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                queue.take().run(lane);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                // Who waits is answered at the deadline.
                Incident unused = Incident.of(e);
            }
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}

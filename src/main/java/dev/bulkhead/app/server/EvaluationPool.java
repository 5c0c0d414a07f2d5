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
 * The threads that evaluate reviews and do nothing else; timers, reading and responding have their own. Each size of
 * review has a lane with its own threads and queue, so that large reviews, however many, cannot delay small ones;
 * within a lane, namespaces take turns. A review that exceeds the time slice of its lane stops and starts again in the
 * lane of the large ones.
 */
final class EvaluationPool implements AutoCloseable {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** A queue with its own threads. */
    enum Lane {
        /** Nearly all pods. */
        SMALL(64 * 1024, Math.max(2, PROCESSORS), Optional.of(Duration.ofMillis(500))),
        MEDIUM(1024 * 1024, Math.max(1, PROCESSORS / 2), Optional.of(Duration.ofSeconds(1))),
        /** One at a time, because a parsed review takes many times the memory of its bytes. */
        LARGE(Integer.MAX_VALUE, 1, Optional.empty()),
        /** Reviews that need a call to the API server: threads that wait. */
        QUESTIONS(0, 4, Optional.empty());

        private final int largest;
        private final int threads;
        private final Optional<Duration> turn;

        Lane(int largest, int threads, Optional<Duration> turn) {
            this.largest = largest;
            this.threads = threads;
            this.turn = turn;
        }

        /** The lane of a new review of that many bytes. */
        static Lane of(int size) {
            return size <= SMALL.largest ? SMALL : size <= MEDIUM.largest ? MEDIUM : LARGE;
        }

        /** How many reviews are evaluated there at once. */
        int threads() {
            return threads;
        }

        /** When a time slice that begins now ends. */
        Optional<ReviewDeadline> turn() {
            return turn.map(ReviewDeadline::after);
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A review to be evaluated. */
    interface Job extends FairQueue.Entry {
        /** Evaluates it. */
        void run(Lane lane);

        /** Called instead of {@link #run} when the queue was full and other reviews had precedence. */
        void displaced();
    }

    private final Map<Lane, FairQueue<Job>> queues = new EnumMap<>(Lane.class);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts the threads.
     *
     * @param maxBytes what the queue of the large reviews may hold; every other queue holds a quarter of it
     */
    EvaluationPool(long maxBytes, MeterRegistry meters) {
        for (Lane lane : Lane.values()) {
            FairQueue<Job> queue = new FairQueue<>(lane == Lane.LARGE ? maxBytes : maxBytes / 4);
            queues.put(lane, queue);
            Gauge.builder("bulkhead.admission.waiting", queue, FairQueue::size)
                    .description("Reviews waiting to be evaluated")
                    .tag("lane", lane.label())
                    .register(meters);
            for (int i = 0; i < lane.threads(); i++) {
                Thread thread = new Thread(() -> work(lane, queue), "evaluation-" + lane.label() + "-" + i);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        }
    }

    /** Queues a job, which is run in turn, or displaced at once. */
    void submit(Lane lane, Job job) {
        queue(lane).add(job).forEach(Job::displaced);
    }

    /** Whether a thread of the lane is idle. */
    boolean isIdle(Lane lane) {
        return queue(lane).isIdle();
    }

    /** Removes a job that is no longer needed; false if it is running or finished. */
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
                // The client is answered at the deadline.
                Incident unused = Incident.of(e);
            }
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}

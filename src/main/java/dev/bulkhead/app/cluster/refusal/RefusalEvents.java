package dev.bulkhead.app.cluster.refusal;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.refusal.WaitingRefusals.Series;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Writes what was refused into events in the objects' namespaces, on a thread of its own: no review waits for it, and
 * nothing that fails here affects a verdict. Refusals that are alike share an event, of which the count rises. Thread-safe.
 */
public final class RefusalEvents implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RefusalEvents.class);

    private static final Pace PACE =
            new Pace(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(30));

    /** Events that are written in one pass. */
    static final int MOST_AT_ONCE = 20;

    /** After that many an event is given up, so that one that the API server never stores does not wait forever. */
    static final int MOST_ATTEMPTS = 8;

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration MOST_RETRY = Duration.ofMinutes(1);
    private static final int NO_ANSWER = 0;
    private static final int TOO_MANY_REQUESTS = 429;

    private final WaitingRefusals waiting = new WaitingRefusals();
    private final RefusalEventWriter writer;
    private final Clock clock;
    private final Reconciler writing;
    private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);
    private int reported;

    /** What became of an event, or of a refusal that none tells of. */
    enum Result {
        /** There is a new event. */
        CREATED,
        /** An event tells of more refusals. */
        UPDATED,
        /** The API server refused the event. */
        FAILED,
        /** There was no room for the refusal. */
        DROPPED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Writes nothing before it is started.
     *
     * @param pod the name of Bulkhead's own pod
     */
    public RefusalEvents(KubernetesClient client, String pod, Clock clock) {
        this.writer = new RefusalEventWriter(client, pod);
        this.clock = clock;
        this.writing = new Reconciler("refusal-events", this::write, PACE);
        for (Result result : Result.values()) {
            counts.put(result, new LongAdder());
        }
    }

    /**
     * Something was refused just now. Returns at once.
     *
     * @param message supplies the text that the user got; called only if it is needed
     */
    public void add(RefusedObject object, Supplier<String> message) {
        if (!waiting.add(object, () -> RefusalEvent.line(message.get()), clock.instant())) {
            count(Result.DROPPED);
        }
    }

    public void start() {
        writing.start();
    }

    /** Writes the next events. One that is not stored delays only itself. */
    void write() {
        List<Series> next = waiting.take(MOST_AT_ONCE, clock.instant());
        int done = 0;
        try {
            for (Series series : next) {
                write(series);
                done++;
            }
        } finally {
            next.subList(done, next.size()).forEach(waiting::putBack);
        }
    }

    /** Throws only what would happen to any other event as well. */
    private void write(Series series) {
        try {
            count(writer.write(series) ? Result.CREATED : Result.UPDATED);
        } catch (KubernetesClientException e) {
            if (e.getCode() == NO_ANSWER || e.getCode() == TOO_MANY_REQUESTS) {
                throw e;
            }
            if (mayPass(e.getCode()) && series.attempts() + 1 < MOST_ATTEMPTS) {
                waiting.putBack(series.retried(clock.instant().plus(pause(series.attempts()))));
                return;
            }
            count(Result.FAILED);
            if (e.getCode() != reported) {
                reported = e.getCode();
                LOG.warnf("no event in namespace %s: %s", series.object().namespace(), ApiServerFailure.text(e));
            }
        }
    }

    private static Duration pause(int attempts) {
        Duration pause = RETRY.multipliedBy(1L << attempts);
        return pause.compareTo(MOST_RETRY) < 0 ? pause : MOST_RETRY;
    }

    /** Whether another attempt may succeed, rather than fail in the same way. */
    private static boolean mayPass(int status) {
        return status < HttpURLConnection.HTTP_BAD_REQUEST
                || status >= HttpURLConnection.HTTP_INTERNAL_ERROR
                || status == HttpURLConnection.HTTP_CONFLICT;
    }

    private void count(Result result) {
        counts.getOrDefault(result, new LongAdder()).increment();
    }

    /** How many events were written, and how many refusals none tells of, by result. */
    public Map<String, LongAdder> counts() {
        Map<String, LongAdder> byLabel = new TreeMap<>();
        counts.forEach((result, times) -> byLabel.put(result.label(), times));
        return byLabel;
    }

    @Override
    public void close() {
        writing.close();
    }
}

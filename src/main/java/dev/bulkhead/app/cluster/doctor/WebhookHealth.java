package dev.bulkhead.app.cluster.doctor;

import dev.bulkhead.app.cluster.resource.Kubeconfig;
import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * How the webhook itself is, as far as that may be read. It is read in the background when it is asked for, at most twice a
 * minute. Thread-safe.
 */
public final class WebhookHealth implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebhookHealth.class);
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final Reader reader;
    private final List<Check> checks;
    private final Clock clock;
    private final AtomicBoolean reading = new AtomicBoolean();
    private final Executor thread;
    private final Runnable end;
    private volatile Optional<Health> last = Optional.empty();

    /** Reads what checks need. */
    @FunctionalInterface
    public interface Reader {
        /**
         * As much of it as may be read.
         *
         * @throws IOException when the API server does not answer
         */
        Facts read(Instant now) throws IOException;
    }

    /**
     * What was found.
     *
     * @param at when it was read
     * @param findings of each check, in their order
     */
    public record Health(Instant at, List<Diagnosis.Finding> findings) {
        public Health {
            findings = List.copyOf(findings);
        }
    }

    /** Reads nothing before it is asked for the first time. */
    public WebhookHealth(Reader reader, List<Check> checks, Clock clock) {
        this(reader, checks, clock, Executors.newSingleThreadExecutor(work -> {
            Thread worker = new Thread(work, "webhook-health");
            worker.setDaemon(true);
            return worker;
        }));
    }

    private WebhookHealth(Reader reader, List<Check> checks, Clock clock, ExecutorService thread) {
        this(reader, checks, clock, thread, thread::shutdownNow);
    }

    /**
     * Reads nothing before it is asked for the first time.
     *
     * @param thread on which it is read
     * @param end ends that
     */
    WebhookHealth(Reader reader, List<Check> checks, Clock clock, Executor thread, Runnable end) {
        this.reader = reader;
        this.checks = List.copyOf(checks);
        this.clock = clock;
        this.thread = thread;
        this.end = end;
    }

    /** What was found last; empty before the first reading has ended. Does not wait. */
    public Optional<Health> last() {
        Optional<Health> known = last;
        boolean fresh = known.filter(
                        found -> clock.instant().isBefore(found.at().plus(FRESH)))
                .isPresent();
        if (!fresh && reading.compareAndSet(false, true)) {
            try {
                thread.execute(this::read);
            } catch (RejectedExecutionException e) {
                LOG.debug("the process is ending", e);
            }
        }
        return known;
    }

    private void read() {
        Instant now = clock.instant();
        try {
            last = Optional.of(found(now));
        } catch (RuntimeException e) {
            LOG.error("the state of the webhook could not be found out", e);
            last = Optional.of(
                    unknown(now, Answer.unknown("of an internal error, which the log describes", "try again")));
        } finally {
            reading.set(false);
        }
    }

    private Health found(Instant now) {
        try {
            Facts facts = reader.read(now);
            return new Health(
                    now,
                    checks.stream()
                            .map(check -> new Diagnosis.Finding(check.id(), Diagnosis.ask(check, facts)))
                            .toList());
        } catch (IOException | KubernetesClientException e) {
            return unknown(
                    now,
                    Answer.unknown(
                            "the API server did not answer: " + SafeText.line(Kubeconfig.reason(e)), "try again"));
        }
    }

    private Health unknown(Instant now, Answer answer) {
        return new Health(
                now,
                checks.stream()
                        .map(check -> new Diagnosis.Finding(check.id(), answer))
                        .toList());
    }

    @Override
    public void close() {
        end.run();
    }
}

package dev.bulkhead.app.cluster.scan.node;

import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.engine.text.SafeText;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jboss.logging.Logger;

/** Asks kubelets again and again, and remembers what they said last. Thread-safe. */
public final class WatchedStatistics implements AutoCloseable {
    /** How long all kubelets together may take to answer. */
    public static final Duration WITHIN = Duration.ofMinutes(3);

    private static final Logger LOG = Logger.getLogger(WatchedStatistics.class);

    private static final Pace PACE =
            new Pace(Duration.ofMinutes(15), Duration.ofMinutes(1), Duration.ofMinutes(15), Duration.ofMinutes(5));

    private final NodeStatistics statistics;
    private final Reconciler reading = new Reconciler("node-statistics", this::read, PACE);
    private volatile Map<String, Map<String, Long>> written = Map.of();
    private String reported = "";

    /** Asks nothing before it is started. */
    public WatchedStatistics(NodeStatistics statistics) {
        this.statistics = statistics;
    }

    public void start() {
        reading.start();
    }

    private void read() throws IOException {
        NodeStatistics.Reading answer = statistics.read();
        written = answer.written();
        String problem = answer.problems().stream()
                .findFirst()
                .map(first -> answer.problems().size() + " kubelets were not read; " + SafeText.line(first))
                .orElse("");
        if (!problem.isEmpty() && !problem.equals(reported)) {
            LOG.warn(problem);
        }
        reported = problem;
    }

    /** How many bytes containers have written, as {@link NodeStatistics.Reading} has it. */
    public Map<String, Map<String, Long>> written() {
        return written;
    }

    @Override
    public void close() {
        reading.close();
    }
}

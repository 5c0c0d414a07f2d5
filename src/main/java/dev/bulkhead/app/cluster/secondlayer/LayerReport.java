package dev.bulkhead.app.cluster.secondlayer;

import dev.bulkhead.app.cluster.resource.EventRecorder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Reports what is wrong with the second layer, once, and when it is well again. */
final class LayerReport {
    private static final Logger LOG = Logger.getLogger(LayerReport.class);

    /** An upgrade changes bindings one after the other. */
    private static final Duration A_WHILE = Duration.ofSeconds(5);

    private final EventRecorder events;
    private final Clock clock;
    private volatile Optional<Boolean> inStep = Optional.empty();
    private List<String> seen = List.of();
    private Instant since = Instant.MAX;
    private List<String> reported = List.of();

    LayerReport(EventRecorder events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    Optional<Boolean> isInStep() {
        return inStep;
    }

    void forget() {
        inStep = Optional.empty();
        seen = List.of();
        reported = List.of();
    }

    /**
     * Takes the result of a pass.
     *
     * @param problems each a phrase; none if all is well
     */
    void of(List<String> problems) {
        Instant now = clock.instant();
        inStep = Optional.of(problems.isEmpty());
        if (!problems.equals(seen)) {
            seen = List.copyOf(problems);
            since = now;
        }
        if (problems.isEmpty()) {
            if (!reported.isEmpty()) {
                reported = List.of();
                LOG.info("the second layer is in step with the policies again");
                events.info("SecondLayerInStep", "the second layer is in step with the policies again");
            }
        } else if (!reported.equals(seen) && !now.isBefore(since.plus(A_WHILE))) {
            reported = seen;
            String what = "the second layer is not in step with the policies: " + String.join("; ", seen);
            LOG.error(what);
            events.warn("SecondLayerNotInStep", what);
        }
    }
}

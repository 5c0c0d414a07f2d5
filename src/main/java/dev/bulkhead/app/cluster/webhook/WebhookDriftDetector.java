package dev.bulkhead.app.cluster.webhook;

import dev.bulkhead.app.cluster.resource.EventRecorder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Detects webhook configurations that are not as installed. A difference that lasts is reported, and reverted if
 * configured; a short one may be an upgrade in progress.
 */
public final class WebhookDriftDetector implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebhookDriftDetector.class);
    private static final Duration A_WHILE = Duration.ofSeconds(5);

    /** Which changes to the webhook configurations are reverted. */
    public enum Repair {
        /** None; they are only reported. */
        NONE,
        /** Edits. */
        EDITS,
        /** Deletions too, which needs permission to create webhook configurations. */
        ALL
    }

    private final InstalledWebhooks expected;
    private final EventRecorder events;
    private final Repair repair;
    private final Clock clock;
    private volatile List<String> seen = List.of();
    private Instant since = Instant.MAX;
    private List<String> reported = List.of();
    private List<String> recorded = List.of();

    public WebhookDriftDetector(InstalledWebhooks expected, EventRecorder events, Repair repair, Clock clock) {
        this.expected = expected;
        this.events = events;
        this.repair = repair;
        this.clock = clock;
    }

    public void start() {
        expected.start();
    }

    /** Whether there was no difference at the last check. */
    public boolean isAsInstalled() {
        return seen.isEmpty();
    }

    /**
     * Checks, reports and repairs. Waits for the API server.
     *
     * @param leading whether this replica leads
     * @param bundle the CA bundle of webhooks that are installed again
     * @param enforces whether a policy in force enforces
     * @throws KubernetesClientException when the API server does not answer or refuses
     * @throws IllegalArgumentException when the ConfigMap cannot be read
     */
    public void look(boolean leading, Optional<String> bundle, boolean enforces) {
        List<String> differences = expected.differences(enforces);
        if (!differences.equals(seen)) {
            seen = differences;
            since = clock.instant();
        }
        if (differences.isEmpty()) {
            reportRecovery(leading);
        } else if (!clock.instant().isBefore(since.plus(A_WHILE))) {
            report(leading);
            if (leading && repair != Repair.NONE) {
                expected.restore(bundle, repair == Repair.ALL).forEach(done -> {
                    LOG.infof("the webhook configurations were changed: %s", done);
                    events.info("WebhooksRepaired", done);
                });
            }
        }
    }

    private void report(boolean leading) {
        String what = "the webhook configurations are not as installed: " + String.join("; ", seen);
        if (!reported.equals(seen)) {
            reported = seen;
            LOG.error(what);
        }
        if (leading && !recorded.equals(seen)) {
            recorded = seen;
            events.warn("WebhooksChanged", what);
        }
    }

    private void reportRecovery(boolean leading) {
        if (reported.isEmpty()) {
            return;
        }
        reported = List.of();
        recorded = List.of();
        LOG.info("the webhook configurations are again as installed");
        if (leading) {
            events.info("WebhooksRestored", "the webhook configurations are again as installed");
        }
    }

    @Override
    public void close() {
        expected.close();
    }
}

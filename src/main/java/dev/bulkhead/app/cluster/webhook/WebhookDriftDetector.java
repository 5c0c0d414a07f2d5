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
 * Detects webhook configurations that are not as installed. What differs for a while is told, and put back where that is
 * asked for; what differs for a moment may be an upgrade on its way.
 */
public final class WebhookDriftDetector implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WebhookDriftDetector.class);
    private static final Duration A_WHILE = Duration.ofSeconds(5);

    /** What of a registration that somebody changed is put back as it was installed. */
    public enum Repair {
        /** Nothing; it is reported only. */
        NONE,
        /** What was edited. */
        EDITS,
        /** What was deleted, too, which needs the right to create webhook configurations. */
        ALL
    }

    private final InstalledWebhooks expected;
    private final EventRecorder announcements;
    private final Repair repair;
    private final Clock clock;
    private volatile List<String> seen = List.of();
    private Instant since = Instant.MAX;
    private List<String> told = List.of();
    private List<String> announced = List.of();

    public WebhookDriftDetector(InstalledWebhooks expected, EventRecorder announcements, Repair repair, Clock clock) {
        this.expected = expected;
        this.announcements = announcements;
        this.repair = repair;
        this.clock = clock;
    }

    public void start() {
        expected.start();
    }

    /** Whether nothing differed when it was last looked at. */
    public boolean isAsInstalled() {
        return seen.isEmpty();
    }

    /**
     * Looks, reports and repairs. Waits for the API server.
     *
     * @param leading whether this replica is the one that writes
     * @param bundle whom webhooks are to trust that are installed again
     * @param enforces whether a policy in force enforces
     * @throws KubernetesClientException when the API server does not answer or refuses
     * @throws IllegalArgumentException when what is written down cannot be read
     */
    public void look(boolean leading, Optional<String> bundle, boolean enforces) {
        List<String> differences = expected.differences(enforces);
        if (!differences.equals(seen)) {
            seen = differences;
            since = clock.instant();
        }
        if (differences.isEmpty()) {
            tellThatAllIsWell(leading);
        } else if (!clock.instant().isBefore(since.plus(A_WHILE))) {
            tell(leading);
            if (leading && repair != Repair.NONE) {
                expected.restore(bundle, repair == Repair.ALL).forEach(done -> {
                    LOG.infof("the webhook configurations were changed: %s", done);
                    announcements.tell("WebhooksRepaired", done);
                });
            }
        }
    }

    private void tell(boolean leading) {
        String what = "the webhook configurations are not as installed: " + String.join("; ", seen);
        if (!told.equals(seen)) {
            told = seen;
            LOG.error(what);
        }
        if (leading && !announced.equals(seen)) {
            announced = seen;
            announcements.warn("WebhooksChanged", what);
        }
    }

    private void tellThatAllIsWell(boolean leading) {
        if (told.isEmpty()) {
            return;
        }
        told = List.of();
        announced = List.of();
        LOG.info("the webhook configurations are again as installed");
        if (leading) {
            announcements.tell("WebhooksRestored", "the webhook configurations are again as installed");
        }
    }

    @Override
    public void close() {
        expected.close();
    }
}

package dev.bulkhead.app.cluster.scan.failure;

import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.EventWriter;
import dev.bulkhead.app.cluster.scan.failure.FailingPods.Failed;
import dev.bulkhead.engine.image.ImageLookup;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Reports on a workload that its pods do not start: once an hour for each container and reason, and a few workloads at a
 * time, however many fail. Thread-safe.
 */
final class StartFailureEvents {
    private static final Logger LOG = Logger.getLogger(StartFailureEvents.class);

    static final String REASON = "HardenedPodDoesNotStart";

    /** Events in one pass. */
    static final int MOST_AT_ONCE = 10;

    static final int MOST_WAITING = 200;

    static final int MOST_REMEMBERED = 10_000;

    /** As long as the API server keeps events by default. */
    static final Duration AGAIN_AFTER = Duration.ofHours(1);

    /** Nothing can be written there, now or later. */
    private static final Set<Integer> FINAL =
            Set.of(HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND);

    private final KubernetesClient client;
    private final EventWriter events;
    private final Supplier<ImageLookup> images;
    private final Clock clock;
    private final Map<String, Failed> waiting = new LinkedHashMap<>();
    private final Map<String, Instant> written = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * Reports nothing yet.
     *
     * @param images what is known of images, for advice
     */
    StartFailureEvents(KubernetesClient client, EventWriter events, Supplier<ImageLookup> images, Clock clock) {
        this.client = client;
        this.events = events;
        this.images = images;
        this.clock = clock;
    }

    /** Takes a failure to be reported, unless that was just done. */
    synchronized void add(Failed failed) {
        String key = key(failed);
        Instant last = written.get(key);
        boolean recent = last != null && clock.instant().isBefore(last.plus(AGAIN_AFTER));
        if (!recent && (waiting.size() < MOST_WAITING || waiting.containsKey(key))) {
            waiting.put(key, failed);
        }
    }

    private static String key(Failed failed) {
        PodOrigin origin = failed.origin();
        return String.join(
                "/",
                origin.namespace(),
                origin.outermost().kind(),
                origin.outermost().name(),
                failed.failure().container(),
                failed.failure().reason().label());
    }

    /**
     * Writes the next events.
     *
     * @throws KubernetesClientException when one could not be written, which is tried again
     */
    void write() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Optional<Map.Entry<String, Failed>> next = next();
            if (next.isEmpty()) {
                return;
            }
            Failed failed = next.get().getValue();
            try {
                events.write(
                        failed.origin().asObject(client),
                        "Warning",
                        REASON,
                        failed.failure().message(images.get()));
            } catch (KubernetesClientException e) {
                if (!FINAL.contains(e.getCode())) {
                    throw e;
                }
                LOG.warnf("no event in namespace %s: %s", failed.origin().namespace(), ApiServerFailure.text(e));
            }
            done(next.get().getKey());
        }
    }

    private synchronized Optional<Map.Entry<String, Failed>> next() {
        return waiting.entrySet().stream().findFirst().map(Map.Entry::copyOf);
    }

    private synchronized void done(String key) {
        waiting.remove(key);
        written.remove(key);
        written.put(key, clock.instant());
    }
}

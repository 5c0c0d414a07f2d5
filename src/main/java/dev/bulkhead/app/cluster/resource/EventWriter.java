package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes events of Bulkhead's. */
public final class EventWriter {
    /** The longest message that the API server accepts. */
    public static final int LONGEST = 1_024;

    private static final String COMPONENT = "bulkhead";

    /** What distinguishes its events from those of others. */
    public static final String CONTROLLER = "bulkhead.dev/bulkhead";

    /** The API server adds a suffix of its own, and refuses names that are longer than this with it. */
    public static final int LONGEST_PREFIX = 200;

    private final KubernetesClient client;
    private final String pod;
    private final Clock clock;

    /**
     * Writes as that pod.
     *
     * @param pod the name of Bulkhead's own pod
     */
    public EventWriter(KubernetesClient client, String pod, Clock clock) {
        this.client = client;
        this.pod = pod;
        this.clock = clock;
    }

    /**
     * Writes an event into the namespace of the object that it is about.
     *
     * @param type {@code Normal} or {@code Warning}
     * @throws KubernetesClientException when it is not stored
     */
    public void write(ObjectReference about, String type, String reason, String message) {
        Instant now = Instant.now(clock);
        String name = about.getName();
        client.v1()
                .events()
                .inNamespace(about.getNamespace())
                .resource(event(about, type, reason, message, pod)
                        .withNewMetadata()
                        .withGenerateName(name.substring(0, Math.min(LONGEST_PREFIX, name.length())) + ".")
                        .withNamespace(about.getNamespace())
                        .endMetadata()
                        .withFirstTimestamp(time(now))
                        .withLastTimestamp(time(now))
                        .withCount(1)
                        .build())
                .create();
    }

    /** An event of that pod's, without a name and a time. */
    public static EventBuilder event(ObjectReference about, String type, String reason, String message, String pod) {
        return new EventBuilder()
                .withInvolvedObject(about)
                .withType(type)
                .withReason(reason)
                .withMessage(SafeText.line(message, LONGEST))
                .withNewSource()
                .withComponent(COMPONENT)
                .withHost(pod)
                .endSource()
                .withReportingComponent(CONTROLLER)
                .withReportingInstance(pod);
    }

    /** A time as events hold it. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}

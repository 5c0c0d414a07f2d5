package dev.bulkhead.app.cluster.resource;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import org.jboss.logging.Logger;

/** Events in Bulkhead's own namespace, about the ConfigMap that holds the webhook configurations as installed. */
public final class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);

    private final EventWriter events;
    private final ObjectReference about;

    public EventRecorder(KubernetesClient client, String namespace, String about, String pod, Clock clock) {
        this.events = new EventWriter(client, pod, clock);
        this.about = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withNamespace(namespace)
                .withName(about)
                .build();
    }

    public void warn(String reason, String message) {
        announce("Warning", reason, message);
    }

    public void info(String reason, String message) {
        announce("Normal", reason, message);
    }

    private void announce(String type, String reason, String message) {
        try {
            events.write(about, type, reason, message);
        } catch (KubernetesClientException e) {
            LOG.warnf("the event %s could not be written: %s", reason, ApiServerFailure.text(e));
        }
    }
}

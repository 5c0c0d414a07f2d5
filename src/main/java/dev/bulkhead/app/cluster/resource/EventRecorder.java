package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.text.SafeText;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jboss.logging.Logger;

/** Events in Bulkhead's own namespace, about the ConfigMap that holds the webhook configurations as installed. */
public final class EventRecorder {
    private static final Logger LOG = Logger.getLogger(EventRecorder.class);
    /** The longest message that the API server accepts. */
    private static final int LONGEST = 1_024;

    private final KubernetesClient client;
    private final String namespace;
    private final String about;
    private final String pod;
    private final Clock clock;

    public EventRecorder(KubernetesClient client, String namespace, String about, String pod, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.about = about;
        this.pod = pod;
        this.clock = clock;
    }

    public void warn(String reason, String message) {
        announce("Warning", reason, message);
    }

    public void info(String reason, String message) {
        announce("Normal", reason, message);
    }

    private void announce(String type, String reason, String message) {
        String now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(about + ".")
                            .withNamespace(namespace)
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion("v1")
                            .withKind("ConfigMap")
                            .withNamespace(namespace)
                            .withName(about)
                            .endInvolvedObject()
                            .withType(type)
                            .withReason(reason)
                            .withMessage(SafeText.line(message, LONGEST))
                            .withNewSource()
                            .withComponent("bulkhead")
                            .withHost(pod)
                            .endSource()
                            .withReportingComponent("bulkhead.dev/bulkhead")
                            .withReportingInstance(pod)
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.warnf("the event %s could not be written: %s", reason, ApiServerFailure.text(e));
        }
    }
}

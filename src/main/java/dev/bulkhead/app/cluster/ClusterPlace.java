package dev.bulkhead.app.cluster;

import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector.Repair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A replica's environment in the cluster.
 *
 * @param pod the replica's name
 * @param service the Service by which the API server calls Bulkhead
 * @param lease the Lease that the leader holds
 * @param webhookConfiguration the name of both webhook configurations
 * @param repair which changes to them are reverted
 * @param secret where the certificate is shared; empty if it comes from files
 * @param caPropagationDelay how long a new CA is in the CA bundle before it issues
 * @param harmlessWebhooks other configurations beside which calls of {@code /mutate} are spared; empty where none is
 * @param persistentVolumes whether PersistentVolumes are watched
 * @param images the ConfigMap with what was found out about images; empty if there is none
 * @param secondLayer how many of the API server's own policies there may be with each effect; 0 if they are not kept
 */
public record ClusterPlace(
        String namespace,
        String pod,
        String service,
        String lease,
        String webhookConfiguration,
        Repair repair,
        Optional<String> secret,
        Duration caPropagationDelay,
        Optional<List<String>> harmlessWebhooks,
        boolean persistentVolumes,
        Optional<String> images,
        int secondLayer) {}

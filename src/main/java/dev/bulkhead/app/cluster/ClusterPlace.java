package dev.bulkhead.app.cluster;

import dev.bulkhead.app.cluster.webhook.WebhookDriftDetector.Repair;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a replica is and what belongs to it.
 *
 * @param pod the replica's name among the others
 * @param service by whose name the API server calls
 * @param lease the Lease that the leader holds
 * @param registration the name of both webhook configurations
 * @param repair what of these is put back when somebody changes them
 * @param secret where the certificate is shared; empty when it comes from elsewhere
 * @param knownBefore how long the API server knows a new authority before it issues
 * @param persistentVolumes whether PersistentVolumes are watched
 */
public record ClusterPlace(
        String namespace,
        String pod,
        String service,
        String lease,
        String registration,
        Repair repair,
        Optional<String> secret,
        Duration knownBefore,
        boolean persistentVolumes) {}

package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * What the console's process does in a cluster. It shares no process with the webhook, so that no fault here affects
 * admission.
 */
public final class ScanRuntime implements AutoCloseable {
    private final ClusterInformers watch;
    private final PodWatch pods;

    /** Creates everything; nothing runs before {@link #start}. */
    public ScanRuntime(KubernetesClient client, Terms terms, boolean persistentVolumes, Clock clock) {
        this.watch = new ClusterInformers(client, terms, persistentVolumes, clock);
        this.pods = new PodWatch(client, Optional.empty(), List.of());
    }

    /** Starts watching and returns at once. */
    public void start() {
        watch.start();
        pods.start();
    }

    /** Whether policies, namespaces and all pods have been read once. */
    public boolean isComplete() {
        return watch.isComplete() && pods.hasSynced();
    }

    @Override
    public void close() {
        pods.close();
        watch.close();
    }
}

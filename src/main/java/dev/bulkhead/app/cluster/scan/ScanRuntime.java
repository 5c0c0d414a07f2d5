package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.watch.ClusterInformers;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the console's process does in a cluster. It shares no process with the webhook, so that no fault here affects
 * admission.
 */
public final class ScanRuntime implements AutoCloseable {
    private final ClusterInformers watch;
    private final PodWatch pods;
    private final Optional<ImageRecorder> recorder;

    /**
     * Creates everything; nothing runs before {@link #start}.
     *
     * @param images where it is recorded as whom images run; empty if nowhere
     */
    public ScanRuntime(
            KubernetesClient client,
            Terms terms,
            boolean persistentVolumes,
            Optional<ImageConfigMap> images,
            Clock clock) {
        this.watch = new ClusterInformers(client, terms, persistentVolumes, images, clock);
        this.recorder = images.map(place ->
                new ImageRecorder(client, place, () -> isComplete() && !watch.isEnding(place.namespace()), clock));
        List<PodListener> listeners = new ArrayList<>();
        recorder.ifPresent(recording -> listeners.add(recording.listener()));
        this.pods = new PodWatch(client, Optional.empty(), listeners);
    }

    /** Starts watching and returns at once. */
    public void start() {
        watch.start();
        pods.start();
        recorder.ifPresent(ImageRecorder::start);
    }

    /** Whether policies, namespaces and all pods have been read once. */
    public boolean isComplete() {
        return watch.isComplete() && pods.hasSynced();
    }

    @Override
    public void close() {
        recorder.ifPresent(ImageRecorder::close);
        pods.close();
        watch.close();
    }
}

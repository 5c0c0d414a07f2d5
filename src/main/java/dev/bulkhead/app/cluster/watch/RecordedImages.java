package dev.bulkhead.app.cluster.watch;

import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImageRecords;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What was found out about images, as the console's process recorded it. No decision waits for it: while it is absent,
 * unreachable or unreadable, as much less is known.
 */
final class RecordedImages implements ResourceEventHandler<ConfigMap>, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RecordedImages.class);

    private final ImageConfigMap place;
    private final Runnable onChange;
    private final SharedIndexInformer<ConfigMap> informer;
    private volatile ImageLookup lookup = ImageLookup.NONE;
    private Optional<String> text = Optional.empty();

    /** Watches nothing before it is started. */
    RecordedImages(KubernetesClient client, ImageConfigMap place, Runnable onChange) {
        this.place = place;
        this.onChange = onChange;
        this.informer = client.configMaps()
                .inNamespace(place.namespace())
                .withName(place.name())
                .runnableInformer(0)
                .addEventHandler(this)
                .exceptionHandler((started, failure) -> true);
    }

    void start() {
        informer.start();
    }

    /** Whether the record was read once, or found not to exist. */
    boolean hasSynced() {
        return informer.hasSynced();
    }

    /** What is known now, and stays so. */
    ImageLookup lookup() {
        return lookup;
    }

    @Override
    public void onAdd(ConfigMap stored) {
        become(ImageConfigMap.text(stored));
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap after) {
        onAdd(after);
    }

    @Override
    public void onDelete(ConfigMap stored, boolean stateUnknown) {
        become(Optional.empty());
    }

    private void become(Optional<String> now) {
        if (now.equals(text)) {
            return;
        }
        text = now;
        ImageRecords.Read read = ImageRecords.read(now.orElse(""));
        place.problem(read).ifPresent(text -> LOG.warnf("%s, which is ignored", text));
        lookup = read.records().lookup();
        onChange.run();
    }

    @Override
    public void close() {
        informer.stop();
    }
}

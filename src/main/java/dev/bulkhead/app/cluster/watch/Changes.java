package dev.bulkhead.app.cluster.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Objects;

/**
 * Hears of changes to objects that are read again as a whole. An update that leaves the generation as it was changes no
 * more than metadata or status, such as what Bulkhead itself reports there, and is passed over.
 */
final class Changes<T extends HasMetadata> implements ResourceEventHandler<T> {
    private final Runnable onChange;

    Changes(Runnable onChange) {
        this.onChange = onChange;
    }

    @Override
    public void onAdd(T object) {
        onChange.run();
    }

    @Override
    public void onUpdate(T before, T after) {
        if (!isSame(before.getMetadata(), after.getMetadata())) {
            onChange.run();
        }
    }

    private static boolean isSame(ObjectMeta before, ObjectMeta after) {
        return before.getGeneration() != null
                && Objects.equals(before.getGeneration(), after.getGeneration())
                && Objects.equals(before.getUid(), after.getUid());
    }

    @Override
    public void onDelete(T object, boolean stateUnknown) {
        onChange.run();
    }
}

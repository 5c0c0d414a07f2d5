package dev.bulkhead.app.cluster.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Objects;

/**
 * Listens to changes of objects that are all read again after a change. An update that does not change the generation
 * changes only metadata or status, such as Bulkhead's own reports, and is ignored.
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

package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Watches the objects of a kind in the whole cluster. The first list is read page by page, and no object is kept: each is
 * handed to the listeners and forgotten but for its name and version.
 */
final class ObjectWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ObjectWatch.class);

    /** Objects in a page of a list, all of which are in memory at once. */
    private static final long PAGE = 100;

    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /** Watches nothing before it is started. */
    ObjectWatch(KubernetesClient client, ScannedKind kind, List<ObjectListener> listeners) {
        this(client, context(kind), Map.of(), listeners);
    }

    /**
     * Watches nothing before it is started.
     *
     * @param fields the values of fields by which the API server selects objects
     */
    ObjectWatch(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            Map<String, String> fields,
            List<ObjectListener> listeners) {
        this.informer = client.genericKubernetesResources(kind)
                .inAnyNamespace()
                .withFields(fields)
                .withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(new ReducedStateItemStore<>(
                        ReducedStateItemStore.UID_KEY_STATE,
                        GenericKubernetesResource.class,
                        client.getKubernetesSerialization(),
                        "metadata.namespace",
                        "metadata.name"))
                .exceptionHandler((started, failure) -> true)
                .addEventHandler(new Handler(client, listeners));
    }

    private static ResourceDefinitionContext context(ScannedKind kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.kind())
                .withPlural(kind.resource())
                .withNamespaced(true)
                .build();
    }

    /** Starts watching and returns at once; what cannot be reached is retried forever. */
    void start() {
        informer.start();
    }

    /** Whether all objects have been read once. */
    boolean hasSynced() {
        return informer.hasSynced();
    }

    @Override
    public void close() {
        informer.stop();
    }

    private static final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
        private static final int MOST_REPORTED = 20;

        private final KubernetesClient client;
        private final List<ObjectListener> listeners;
        private final Set<String> reported = new HashSet<>();

        Handler(KubernetesClient client, List<ObjectListener> listeners) {
            this.client = client;
            this.listeners = List.copyOf(listeners);
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            forEach(listener -> {
                if (CustomResources.tree(client, object) instanceof ObjectNode tree) {
                    listener.arrived(tree);
                }
            });
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            onAdd(after);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean stateUnknown) {
            ObjectMeta metadata = object.getMetadata();
            forEach(listener -> listener.deleted(metadata.getNamespace(), metadata.getName(), metadata.getUid()));
        }

        /** An object that one listener cannot take is still handed to the others. */
        private void forEach(Consumer<ObjectListener> call) {
            for (ObjectListener listener : listeners) {
                try {
                    call.accept(listener);
                } catch (RuntimeException e) {
                    String reason = listener.getClass().getSimpleName() + ": " + FailureText.message(e);
                    if (reported.size() < MOST_REPORTED && reported.add(reason)) {
                        LOG.errorf(e, "an object could not be taken by %s", reason);
                    }
                }
            }
        }
    }
}

package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.CustomResources;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Watches all pods of the cluster, or of a namespace. The first list is read page by page, and no pod is kept: each is
 * handed to the listeners and forgotten but for its name and version.
 */
public final class PodWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PodWatch.class);

    /** Pods in a page of a list, all of which are in memory at once. */
    private static final long PAGE = 100;

    private static final ResourceDefinitionContext PODS = new ResourceDefinitionContext.Builder()
            .withVersion("v1")
            .withKind("Pod")
            .withPlural("pods")
            .withNamespaced(true)
            .build();

    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /**
     * Watches nothing before it is started.
     *
     * @param namespace the only namespace that is watched; empty for all
     */
    public PodWatch(KubernetesClient client, Optional<String> namespace, List<PodListener> listeners) {
        var pods = client.genericKubernetesResources(PODS);
        this.informer = (namespace.isPresent() ? pods.inNamespace(namespace.get()) : pods.inAnyNamespace())
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

    /** Starts watching and returns at once; what cannot be reached is retried forever. */
    public void start() {
        informer.start();
    }

    /** Whether all pods have been read once. */
    public boolean hasSynced() {
        return informer.hasSynced();
    }

    @Override
    public void close() {
        informer.stop();
    }

    private static final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
        private final KubernetesClient client;
        private final List<PodListener> listeners;
        private final Set<String> reported = new HashSet<>();

        Handler(KubernetesClient client, List<PodListener> listeners) {
            this.client = client;
            this.listeners = List.copyOf(listeners);
        }

        @Override
        public void onAdd(GenericKubernetesResource pod) {
            JsonNode tree = CustomResources.tree(client, pod);
            forEach(listener -> listener.arrived(tree));
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            onAdd(after);
        }

        @Override
        public void onDelete(GenericKubernetesResource pod, boolean stateUnknown) {
            ObjectMeta metadata = pod.getMetadata();
            forEach(listener -> listener.deleted(metadata.getNamespace(), metadata.getName(), metadata.getUid()));
        }

        /** A pod that one listener cannot take is still handed to the others. */
        private void forEach(Consumer<PodListener> call) {
            for (PodListener listener : listeners) {
                try {
                    call.accept(listener);
                } catch (RuntimeException e) {
                    String reason = listener.getClass().getSimpleName() + ": " + FailureText.message(e);
                    if (reported.size() < 20 && reported.add(reason)) {
                        LOG.errorf(e, "a pod could not be taken by %s", reason);
                    }
                }
            }
        }
    }
}

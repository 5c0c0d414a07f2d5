package dev.bulkhead.app.cluster.watch;

import dev.bulkhead.engine.policy.NamespaceLookup;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cluster's namespaces with their labels. A namespace that was just created may not have arrived yet: the API
 * server is asked about it, because policies are selected by its labels.
 */
final class NamespaceInformer implements NamespaceLookup, ResourceEventHandler<Namespace> {
    private final KubernetesClient client;
    private final Map<String, dev.bulkhead.engine.policy.Namespace> known = new ConcurrentHashMap<>();

    NamespaceInformer(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<dev.bulkhead.engine.policy.Namespace> find(String name, boolean mayAsk) {
        dev.bulkhead.engine.policy.Namespace namespace = known.get(name);
        if (namespace != null || !mayAsk) {
            return Optional.ofNullable(namespace);
        }
        Namespace asked = client.namespaces().withName(name).get();
        return Optional.of(asked == null ? dev.bulkhead.engine.policy.Namespace.named(name) : read(asked));
    }

    Collection<dev.bulkhead.engine.policy.Namespace> all() {
        return known.values();
    }

    @Override
    public void onAdd(Namespace namespace) {
        known.put(namespace.getMetadata().getName(), read(namespace));
    }

    @Override
    public void onUpdate(Namespace before, Namespace after) {
        onAdd(after);
    }

    @Override
    public void onDelete(Namespace namespace, boolean stateUnknown) {
        known.remove(namespace.getMetadata().getName());
    }

    private static dev.bulkhead.engine.policy.Namespace read(Namespace namespace) {
        Map<String, String> labels = namespace.getMetadata().getLabels();
        return new dev.bulkhead.engine.policy.Namespace(
                namespace.getMetadata().getName(), labels == null ? Map.of() : labels);
    }
}

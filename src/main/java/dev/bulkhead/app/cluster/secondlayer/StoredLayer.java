package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.engine.workload.ImmutableCopies;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** What is stored of the second layer, by name: only what carries the label of the installation is watched. */
final class StoredLayer implements AutoCloseable {
    private final KubernetesClient client;
    private final String installation;
    private final Runnable onChange;
    private final Map<PolicyKind, Kept> policies = new EnumMap<>(PolicyKind.class);
    private final Map<PolicyKind, Kept> bindings = new EnumMap<>(PolicyKind.class);

    /** The objects of one kind, as they were last seen. */
    private final class Kept implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {
        private final Map<String, JsonNode> byName = new ConcurrentSkipListMap<>();
        private final SharedIndexInformer<GenericKubernetesResource> informer;

        Kept(ResourceDefinitionContext kind) {
            this.informer = client.genericKubernetesResources(kind)
                    .withLabel(Slots.LABEL, installation)
                    .runnableInformer(0)
                    .addEventHandler(this)
                    .exceptionHandler((started, failure) -> true);
            informer.start();
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            byName.put(object.getMetadata().getName(), CustomResources.tree(client, object));
            onChange.run();
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            onAdd(after);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean stateUnknown) {
            byName.remove(object.getMetadata().getName());
            onChange.run();
        }

        @Override
        public void close() {
            informer.stop();
        }
    }

    /** Starts no watch before {@link #follow}. */
    StoredLayer(KubernetesClient client, String installation, Runnable onChange) {
        this.client = client;
        this.installation = installation;
        this.onChange = onChange;
    }

    /**
     * Starts watching what a cluster of that version has, and is not watched yet.
     *
     * @return whether all of it is known
     */
    synchronized boolean follow(int minor) {
        List<Kept> followed = new ArrayList<>();
        for (PolicyKind kind : PolicyKind.values()) {
            if (kind.since() <= minor) {
                followed.add(policies.computeIfAbsent(kind, any -> new Kept(kind.policies())));
                followed.add(bindings.computeIfAbsent(kind, any -> new Kept(kind.bindings())));
            }
        }
        return followed.stream().allMatch(kept -> kept.informer.hasSynced());
    }

    /** The policies of that kind that carry the label, by name. */
    synchronized Map<String, JsonNode> policies(PolicyKind kind) {
        return objects(Optional.ofNullable(policies.get(kind)));
    }

    /** The bindings. */
    synchronized Map<String, JsonNode> bindings(PolicyKind kind) {
        return objects(Optional.ofNullable(bindings.get(kind)));
    }

    private static Map<String, JsonNode> objects(Optional<Kept> kept) {
        return kept.map(known -> ImmutableCopies.of(known.byName)).orElse(Map.of());
    }

    @Override
    public synchronized void close() {
        policies.values().forEach(Kept::close);
        bindings.values().forEach(Kept::close);
    }
}

package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.image.ImageRecords;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Optional;

/**
 * The ConfigMap in Bulkhead's own namespace that holds what was found out about images. The console's process writes it,
 * and every replica of the webhook reads it.
 */
public record ImageConfigMap(String namespace, String name) {
    /** The key of the text that {@link ImageRecords} writes. */
    public static final String KEY = "images";

    /** It as it is stored; empty if there is none. */
    public Optional<ConfigMap> stored(KubernetesClient client) {
        return Optional.ofNullable(
                client.configMaps().inNamespace(namespace).withName(name).get());
    }

    /**
     * Stores the text.
     *
     * @param before what it replaces, which must not have changed since; empty if there was none
     */
    public void store(KubernetesClient client, String text, Optional<ConfigMap> before) {
        ConfigMapBuilder changed = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withResourceVersion(before.map(stored -> stored.getMetadata().getResourceVersion())
                        .orElse(null))
                .endMetadata()
                .withData(Map.of(KEY, text));
        // Applied, because only then the permission to create it can be limited to its name.
        client.configMaps()
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(FieldOwners.OWN_NAME)
                                .withForce(true)
                                .build(),
                        changed.build());
    }

    /** The text in it. */
    public static Optional<String> text(ConfigMap stored) {
        return Optional.ofNullable(stored.getData()).flatMap(data -> Optional.ofNullable(data.get(KEY)));
    }

    /** What is wrong with it; empty if nothing is. */
    public Optional<String> problem(ImageRecords.Read read) {
        return read.firstUnreadable()
                .map(first -> "ConfigMap " + this + " has "
                        + (read.unreadable() == 1 ? "a line" : read.unreadable() + " lines")
                        + " that Bulkhead does not write: \"" + first + "\"");
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

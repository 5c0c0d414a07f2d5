package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.List;

/** Inventories of objects that tests write. */
public final class Inventories {
    private Inventories() {}

    /** Of objects of Kubernetes that have a {@code uid}. */
    public static Inventory of(List<ObjectNode> objects) {
        Inventory inventory = Inventory.unbounded();
        objects.forEach(object -> inventory.put(kindOf(object.path("kind").asText()), object));
        return inventory;
    }

    private static ScannedKind kindOf(String name) {
        for (KubernetesKind kind : KubernetesKind.values()) {
            if (kind.kind().equals(name)) {
                return ScannedKind.of(kind);
            }
        }
        throw new IllegalArgumentException(name);
    }
}

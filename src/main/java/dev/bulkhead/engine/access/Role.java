package dev.bulkhead.engine.access;

import java.util.List;

/**
 * A Role or ClusterRole. The rules of an aggregated ClusterRole are filled in by a controller of Kubernetes.
 *
 * @param namespace empty for a ClusterRole
 */
public record Role(String namespace, String name, List<AccessRule> rules) {
    public Role {
        rules = List.copyOf(rules);
    }

    /** What it takes in memory, roughly. */
    public long bytes() {
        return 128
                + namespace.length()
                + name.length()
                + rules.stream().mapToLong(AccessRule::bytes).sum();
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.HashMap;
import java.util.Map;

/** A namespace as policies see it; its name is always also the label {@code kubernetes.io/metadata.name}. */
public record Namespace(String name, Map<String, String> labels) {
    public static final String NAME_LABEL = "kubernetes.io/metadata.name";

    public Namespace {
        if (name.equals(labels.get(NAME_LABEL))) {
            labels = ImmutableCopies.of(labels);
        } else {
            Map<String, String> complete = new HashMap<>(labels);
            complete.put(NAME_LABEL, name);
            labels = ImmutableCopies.of(complete);
        }
    }

    /** A namespace of which only the name is known. */
    public static Namespace named(String name) {
        return new Namespace(name, Map.of(NAME_LABEL, name));
    }

    /** Whether Pod Security Admission rejects privileged pods in it, by its labels. */
    public boolean enforcesPodSecurity() {
        return PodSecurityLabels.levels(labels).containsKey(Mode.ENFORCE);
    }

    /** The same without its labels of Pod Security. */
    public Namespace withoutPodSecurityLabels() {
        Map<String, String> others = new HashMap<>(labels);
        others.keySet().removeIf(PodSecurityLabels::isLabel);
        return new Namespace(name, others);
    }
}

package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Volume;
import java.util.Optional;

/** What a finding is about. */
public sealed interface Subject {
    static Subject pod() {
        return new OfPod();
    }

    /** The pod as a whole. */
    record OfPod() implements Subject {}

    record OfContainer(Container container) implements Subject {}

    record OfVolume(Volume volume) implements Subject {}

    /** An annotation of the pod. */
    record OfAnnotation(String key) implements Subject {}

    static Subject of(Container container) {
        return new OfContainer(container);
    }

    static Subject of(Volume volume) {
        return new OfVolume(volume);
    }

    static Subject ofAnnotation(String key) {
        return new OfAnnotation(key);
    }

    /** The container, if the finding is about one. */
    default Optional<Container> asContainer() {
        return this instanceof OfContainer of ? Optional.of(of.container()) : Optional.empty();
    }
}

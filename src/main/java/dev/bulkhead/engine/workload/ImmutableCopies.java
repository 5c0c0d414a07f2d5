package dev.bulkhead.engine.workload;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Immutable copies of maps and sets whose keys come from callers. {@link Map#copyOf} and its like use linear probing,
 * so that keys chosen to have equal hash codes make them quadratic. Here such keys cost a logarithm each, because they
 * are comparable.
 */
public final class ImmutableCopies {
    private ImmutableCopies() {}

    /** A copy in the map's order. */
    public static <K extends Comparable<K>, V> Map<K, V> of(Map<K, V> map) {
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** A copy of the collection without duplicates, in its order. */
    public static <E extends Comparable<E>> Set<E> of(Collection<E> collection) {
        return collection.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(collection));
    }
}

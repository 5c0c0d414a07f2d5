package dev.bulkhead.engine.policy;

import java.util.Optional;

/** Finds namespaces, whose labels decide which policies apply. */
@FunctionalInterface
public interface NamespaceLookup {
    /** Without a cluster, only names are known. */
    NamespaceLookup BY_NAME = (name, mayAsk) -> Optional.of(Namespace.named(name));

    /**
     * The namespace of that name.
     *
     * @param mayAsk whether the API server may be asked about a namespace that is not cached, which takes a while
     * @return empty only when it is not cached and the API server may not be asked
     */
    Optional<Namespace> find(String name, boolean mayAsk);
}

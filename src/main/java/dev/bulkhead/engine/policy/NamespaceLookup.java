package dev.bulkhead.engine.policy;

import java.util.Optional;

/** What is known of namespaces, whose labels decide which policies apply to them. */
@FunctionalInterface
public interface NamespaceLookup {
    /** Without a cluster to ask, nothing but their names is known. */
    NamespaceLookup BY_NAME = (name, mayAsk) -> Optional.of(Namespace.named(name));

    /**
     * The namespace of that name.
     *
     * @param mayAsk whether the cluster may be asked about a namespace that is not known yet, which takes a while
     * @return empty only when it is not known and the cluster may not be asked
     */
    Optional<Namespace> find(String name, boolean mayAsk);
}

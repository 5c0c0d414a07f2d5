package dev.bulkhead.engine.workload;

import java.util.Optional;

/** Finds the volumes behind PersistentVolumeClaims, from what is cached. */
@FunctionalInterface
public interface ClaimLookup {
    /** Knows no claim. */
    ClaimLookup NONE = (namespace, claim) -> Optional.empty();

    /** The volume that the claim of that name in that namespace is bound to; empty if unknown. */
    Optional<ClaimedVolume> find(String namespace, String claim);
}

package dev.bulkhead.engine.rule;

import java.util.Optional;

/** What is known of the volumes behind PersistentVolumeClaims. Answers at once, from what is at hand. */
@FunctionalInterface
public interface ClaimLookup {
    /** Nothing is known of any claim. */
    ClaimLookup NONE = (namespace, claim) -> Optional.empty();

    /** The volume that the claim of that name in that namespace is bound to; empty when that is not known. */
    Optional<ClaimedVolume> find(String namespace, String claim);
}

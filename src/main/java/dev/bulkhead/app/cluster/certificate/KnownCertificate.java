package dev.bulkhead.app.cluster.certificate;

import dev.bulkhead.app.certificate.KeyMaterial;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * What a replica knows about the Secret and the key material in it. Both change together, and never to an earlier
 * version: an event that arrives late, after this replica wrote or read a later version, is ignored. Thread-safe.
 */
final class KnownCertificate {
    private State state = new State(Optional.empty(), Optional.empty());
    private long version = -1;

    /**
     * What is known at one moment.
     *
     * @param stored the Secret as last seen; empty if it does not exist or was never seen
     * @param material the last usable material in it, which stays in use when the Secret is damaged or deleted
     */
    record State(Optional<Secret> stored, Optional<KeyMaterial> material) {}

    synchronized State state() {
        return state;
    }

    /**
     * Processes an event about the Secret.
     *
     * @param inIt the material in it, if it is usable
     * @return whether another certificate is to be served from now on
     */
    synchronized boolean update(Secret stored, Optional<KeyMaterial> inIt) {
        if (isLate(stored)) {
            return false;
        }
        Optional<KeyMaterial> before = state.material();
        state = new State(Optional.of(stored), inIt.or(() -> before));
        return inIt.isPresent()
                && before.filter(known -> known.served()
                                .chain()
                                .equals(inIt.get().served().chain()))
                        .isEmpty();
    }

    /**
     * Processes the Secret as the API server just returned it, whatever was seen before: a restored backup starts
     * over.
     */
    synchronized boolean read(Secret stored, Optional<KeyMaterial> inIt) {
        version = -1;
        return update(stored, inIt);
    }

    /** Processes the Secret's deletion, and returns whether it was deleted as far as is known. */
    synchronized boolean delete(Secret last) {
        if (isLate(last)) {
            return false;
        }
        state = new State(Optional.empty(), state.material());
        return true;
    }

    /** Resource versions are increasing numbers. */
    private boolean isLate(Secret secret) {
        String text = secret.getMetadata().getResourceVersion();
        if (text == null || !text.matches("[0-9]{1,18}")) {
            return false;
        }
        long latest = Long.parseLong(text);
        if (latest < version) {
            return true;
        }
        version = latest;
        return false;
    }
}

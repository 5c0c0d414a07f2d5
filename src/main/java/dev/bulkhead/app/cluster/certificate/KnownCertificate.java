package dev.bulkhead.app.cluster.certificate;

import dev.bulkhead.app.certificate.KeyMaterial;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * What a replica knows of the Secret and of the key material in it. Both change together, and never back to an earlier
 * version: what is heard late, after this replica itself wrote or read a later version, changes nothing. Thread-safe.
 */
final class KnownCertificate {
    private State state = new State(Optional.empty(), Optional.empty());
    private long version = -1;

    /**
     * What is known at one moment.
     *
     * @param stored the Secret as it was last seen; empty when it is not there, or was never seen
     * @param material what was last usable in it, which stays in use when it is damaged or deleted
     */
    record State(Optional<Secret> stored, Optional<KeyMaterial> material) {}

    synchronized State state() {
        return state;
    }

    /**
     * Takes note of the Secret as it is or was.
     *
     * @param inIt the material in it, if that is usable
     * @return whether other certificates are to be served from now on
     */
    synchronized boolean hear(Secret stored, Optional<KeyMaterial> inIt) {
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

    /** Takes note of the Secret as the API server just had it, whatever was heard before: a restored backup begins anew. */
    synchronized boolean read(Secret stored, Optional<KeyMaterial> inIt) {
        version = -1;
        return hear(stored, inIt);
    }

    /** Takes note that the Secret was deleted; whether it was, as far as is known. */
    synchronized boolean hearOfDeletion(Secret last) {
        if (isLate(last)) {
            return false;
        }
        state = new State(Optional.empty(), state.material());
        return true;
    }

    /** Versions of the API server are numbers that grow. */
    private boolean isLate(Secret secret) {
        String text = secret.getMetadata().getResourceVersion();
        if (text == null || !text.matches("[0-9]{1,18}")) {
            return false;
        }
        long heard = Long.parseLong(text);
        if (heard < version) {
            return true;
        }
        version = heard;
        return false;
    }
}

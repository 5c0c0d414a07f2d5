package dev.bulkhead.app.cluster.certificate;

import dev.bulkhead.app.certificate.KeyMaterial;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * What a replica knows about the Secret and the key material in it. Both change together. An event with an earlier
 * version than this replica wrote or read is ignored, since it may only be late. It may also come from a restored
 * backup, so the state is in doubt until the Secret is read again. Thread-safe.
 */
final class KnownCertificate {
    private State state = new State(Optional.empty(), Optional.empty());
    private long version = -1;
    private boolean doubtful;

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
     * Processes the Secret as the API server just returned it, whatever was seen before: a restored backup starts over.
     *
     * @return whether a different certificate is to be served from now on
     */
    synchronized boolean read(Optional<Secret> stored, Optional<KeyMaterial> inIt) {
        version = -1;
        if (stored.isEmpty()) {
            state = new State(Optional.empty(), state.material());
            return false;
        }
        return update(stored.get(), inIt);
    }

    /** Ends the doubt, so that the caller reads the Secret, and returns whether there was any. */
    synchronized boolean takeDoubt() {
        boolean was = doubtful;
        doubtful = false;
        return was;
    }

    /** Puts the state in doubt, as an event with an earlier version does. */
    synchronized void doubt() {
        doubtful = true;
    }

    /** Processes the Secret's deletion, and returns whether it was deleted as far as is known. */
    synchronized boolean delete(Secret last) {
        if (isLate(last)) {
            return false;
        }
        state = new State(Optional.empty(), state.material());
        return true;
    }

    /** Resource versions are increasing numbers, unless the API server is restored from a backup. */
    private boolean isLate(Secret secret) {
        String text = secret.getMetadata().getResourceVersion();
        if (text == null || !text.matches("[0-9]{1,18}")) {
            return false;
        }
        long latest = Long.parseLong(text);
        if (latest < version) {
            doubtful = true;
            return true;
        }
        version = latest;
        return false;
    }
}

package dev.bulkhead.app.console.access;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A person as the API server identifies it in its decisions.
 *
 * @param extra what else its authenticator says, such as the scopes that a token is limited to
 */
public record Identity(String user, String uid, Set<String> groups, Map<String, List<String>> extra) {
    private static final String CREDENTIAL = "authentication.kubernetes.io/credential-id";

    public Identity {
        groups = ImmutableCopies.of(groups);
        extra = ImmutableCopies.of(new TreeMap<>(extra));
    }

    /** The same by whichever token; each that a service account is given has an id of its own. */
    Identity withoutCredential() {
        if (!extra.containsKey(CREDENTIAL)) {
            return this;
        }
        Map<String, List<String>> others = new TreeMap<>(extra);
        others.remove(CREDENTIAL);
        return new Identity(user, uid, groups, others);
    }

    /** Somebody of whom only name and groups are known. */
    public static Identity of(String user, Collection<String> groups) {
        return new Identity(user, "", ImmutableCopies.of(groups), Map.of());
    }
}

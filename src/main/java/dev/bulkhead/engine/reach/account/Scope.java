package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an account may do something.
 *
 * @param namespace empty for the whole cluster
 * @param grant what permits it
 */
record Scope(String namespace, Grant grant) {
    /** The whole cluster, or the namespaces in which one of the verbs is permitted. */
    static List<Scope> of(AccountRights rights, List<String> verbs, String group, String resource) {
        for (String verb : verbs) {
            Optional<Grant> everywhere = rights.everywhere(Access.to(verb, group, resource));
            if (everywhere.isPresent()) {
                return List.of(new Scope("", everywhere.get()));
            }
        }
        List<Scope> scopes = new ArrayList<>();
        for (String namespace : rights.namespaces()) {
            verbs.stream()
                    .flatMap(verb -> rights.in(namespace, Access.to(verb, group, resource)).stream())
                    .findFirst()
                    .ifPresent(grant -> scopes.add(new Scope(namespace, grant)));
        }
        return scopes;
    }

    /** Whether that is permitted in all of it. */
    boolean permits(AccountRights rights, Access asked) {
        return (everywhere() ? rights.everywhere(asked) : rights.in(namespace, asked)).isPresent();
    }

    boolean everywhere() {
        return namespace.isEmpty();
    }

    /** In words. */
    String label() {
        return everywhere() ? "every namespace" : "namespace " + namespace;
    }
}

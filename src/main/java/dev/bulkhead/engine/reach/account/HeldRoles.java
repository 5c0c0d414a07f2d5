package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Grant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names of the roles that an account holds, apart from those that everybody has. Immutable. */
final class HeldRoles {
    /** By the bindings that the API server creates for itself. */
    private static final List<String> EVERYBODY = List.of(
            "system:basic-user",
            "system:discovery",
            "system:public-info-viewer",
            "system:service-account-issuer-discovery");

    private final Set<String> own = new LinkedHashSet<>();
    private final Optional<HeldRoles> shared;

    private HeldRoles(Optional<HeldRoles> shared) {
        this.shared = shared;
    }

    /** Those of the grants, and besides those that the account shares with others. */
    static HeldRoles of(Stream<Grant> grants, Optional<HeldRoles> shared) {
        HeldRoles roles = new HeldRoles(shared);
        grants.filter(grant -> !EVERYBODY.contains(grant.role().name()))
                .map(grant -> grant.role().name() + (grant.everywhere() ? "" : " in " + grant.namespace()))
                .filter(label -> !roles.contains(label))
                .forEach(roles.own::add);
        return roles;
    }

    private boolean contains(String label) {
        return own.contains(label)
                || shared.filter(others -> others.contains(label)).isPresent();
    }

    /** How many there are. */
    int count() {
        return own.size() + shared.map(HeldRoles::count).orElse(0);
    }

    /** The first of them, at most as many; the account's own before those that it shares. */
    List<String> first(int most) {
        return names().limit(most).toList();
    }

    private Stream<String> names() {
        return Stream.concat(own.stream(), shared.stream().flatMap(HeldRoles::names));
    }
}

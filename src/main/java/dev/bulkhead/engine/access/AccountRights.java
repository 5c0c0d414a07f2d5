package dev.bulkhead.engine.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** What a service account may do: the roles it holds, those for the whole cluster first. */
public record AccountRights(List<Grant> grants) {
    public static final AccountRights NONE = new AccountRights(List.of());

    public AccountRights {
        List<Grant> sorted = new ArrayList<>(grants);
        sorted.sort(Comparator.comparing(Grant::namespace)
                .thenComparing(grant -> grant.role().name())
                .thenComparing(grant -> grant.role().namespace())
                .thenComparing(Grant::binding));
        grants = List.copyOf(sorted);
    }

    /** What permits that in the whole cluster, or for an object that belongs to no namespace. */
    public Optional<Grant> everywhere(Access access) {
        return find(access, AccessRule::permits, true, "");
    }

    /** What permits that in the whole cluster for at least one object. */
    public Optional<Grant> everywhereForSome(Access access) {
        return find(access, AccessRule::permitsSome, true, "");
    }

    /** What permits that in the whole cluster or in a namespace for at least one object. */
    public Optional<Grant> anywhereForSome(Access access) {
        return grants.stream()
                .filter(grant -> grant.role().rules().stream().anyMatch(rule -> rule.permitsSome(access)))
                .findFirst();
    }

    /** What permits that in that namespace. */
    public Optional<Grant> in(String namespace, Access access) {
        return find(access, AccessRule::permits, false, namespace);
    }

    private Optional<Grant> find(
            Access access, BiPredicate<AccessRule, Access> permits, boolean everywhereOnly, String namespace) {
        for (Grant grant : grants) {
            if (grant.everywhere() || (!everywhereOnly && grant.namespace().equals(namespace))) {
                for (AccessRule rule : grant.role().rules()) {
                    if (permits.test(rule, access)) {
                        return Optional.of(grant);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The namespaces for which there are roles that do not count elsewhere. */
    public SortedSet<String> namespaces() {
        SortedSet<String> namespaces = new TreeSet<>();
        for (Grant grant : grants) {
            if (!grant.everywhere()) {
                namespaces.add(grant.namespace());
            }
        }
        return namespaces;
    }
}

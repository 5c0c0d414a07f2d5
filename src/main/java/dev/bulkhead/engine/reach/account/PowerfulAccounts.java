package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.AccountRights;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** The accounts that reach cluster-admin by what they may do themselves. Used by one thread; keeps what it found. */
final class PowerfulAccounts {
    /** Where the cluster's own controllers have their accounts, and its privileged pods run. */
    static final String SYSTEM = "kube-system";

    private final AccessTable table;
    private final Map<AccountRights, Boolean> known = new HashMap<>();
    private Optional<SortedMap<String, SortedSet<String>>> bound = Optional.empty();
    private Optional<SortedMap<String, String>> byNamespace = Optional.empty();

    PowerfulAccounts(AccessTable table) {
        this.table = table;
    }

    /** Whether those rights alone reach cluster-admin. */
    boolean has(AccountRights rights) {
        return known.computeIfAbsent(
                rights,
                asked -> AccountReach.ofCluster(asked).stream()
                        .anyMatch(item -> item.escape().isPresent()));
    }

    /** Whether that service account is one. */
    boolean has(String namespace, String name) {
        return has(table.rightsOf(namespace, name));
    }

    /** The namespace of one, preferably of the cluster's own. */
    String namespace() {
        SortedMap<String, String> accounts = first();
        return accounts.isEmpty() || accounts.containsKey(SYSTEM) ? SYSTEM : accounts.firstKey();
    }

    /** One in that scope, preferably of the cluster's own, as {@code NAMESPACE/NAME}. */
    Optional<String> in(Scope scope) {
        SortedMap<String, String> accounts = first();
        String namespace = scope.everywhere() ? namespace() : scope.namespace();
        return Optional.ofNullable(accounts.get(namespace)).map(name -> namespace + "/" + name);
    }

    private SortedMap<String, SortedSet<String>> bound() {
        if (bound.isEmpty()) {
            bound = Optional.of(table.boundAccounts());
        }
        return bound.get();
    }

    /** One of that name, in whatever namespace, as {@code NAMESPACE/NAME}. */
    Optional<String> named(String name) {
        return bound().entrySet().stream()
                .filter(accounts -> accounts.getValue().contains(name) && has(accounts.getKey(), name))
                .map(accounts -> accounts.getKey() + "/" + name)
                .findFirst();
    }

    /** The first in each namespace. */
    private SortedMap<String, String> first() {
        if (byNamespace.isEmpty()) {
            SortedMap<String, String> accounts = new TreeMap<>();
            bound().forEach((namespace, names) -> names.stream()
                    .filter(name -> has(namespace, name))
                    .findFirst()
                    .ifPresent(name -> accounts.put(namespace, name)));
            byNamespace = Optional.of(accounts);
        }
        return byNamespace.get();
    }
}

package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.AccountRights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the service accounts of a cluster reach, by its roles and bindings at one time. Used by one thread; what was found
 * once is kept.
 */
public final class ClusterAccess {
    /** By the bindings that the API server creates for itself. */
    private static final List<String> EVERYBODY = List.of(
            "system:basic-user",
            "system:discovery",
            "system:public-info-viewer",
            "system:service-account-issuer-discovery");

    private final AccessTable table;
    private final Predicate<String> admitsPrivileged;
    private final Predicate<String> enforcesPodSecurity;
    private final Map<String, Account> known = new HashMap<>();
    private Optional<Map<String, String>> powerful = Optional.empty();

    /**
     * Looks nothing up yet.
     *
     * @param admitsPrivileged whether a privileged pod is admitted in the namespace of that name
     * @param enforcesPodSecurity whether that would change if a label of the namespace did
     */
    public ClusterAccess(AccessTable table, Predicate<String> admitsPrivileged, Predicate<String> enforcesPodSecurity) {
        this.table = table;
        this.admitsPrivileged = admitsPrivileged;
        this.enforcesPodSecurity = enforcesPodSecurity;
    }

    /** Whether the pods of a service account get its token where they say nothing. */
    boolean automounts(String namespace, String account) {
        return table.automounts(namespace, account);
    }

    /** Whether a privileged pod is admitted in that namespace. */
    boolean admitsPrivileged(String namespace) {
        return admitsPrivileged.test(namespace);
    }

    /** Whether a label of that namespace keeps privileged pods out. */
    boolean enforcesPodSecurity(String namespace) {
        return enforcesPodSecurity.test(namespace);
    }

    /**
     * A service account.
     *
     * @param roles the roles that it holds, apart from those that everybody has
     * @param reached what it reaches, in no order
     */
    record Account(List<String> roles, List<Reached> reached) {
        Account {
            roles = List.copyOf(roles);
            reached = List.copyOf(reached);
        }
    }

    /** That service account. */
    Account account(String namespace, String name) {
        return known.computeIfAbsent(namespace + "/" + name, key -> {
            AccountRights rights = table.rightsOf(namespace, name);
            List<Reached> reached = new ArrayList<>(AccountReach.ofCluster(rights));
            if (reached.stream().noneMatch(item -> item.value().equals("*"))) {
                reached.addAll(NamespacedReach.of(rights, this));
            }
            return new Account(roles(rights), reached);
        });
    }

    private static List<String> roles(AccountRights rights) {
        return rights.grants().stream()
                .filter(grant -> !EVERYBODY.contains(grant.role().name()))
                .map(grant -> grant.role().name() + (grant.everywhere() ? "" : " in " + grant.namespace()))
                .distinct()
                .toList();
    }

    /** In each namespace the first account that reaches cluster-admin by itself. */
    Map<String, String> powerful() {
        if (powerful.isEmpty()) {
            Map<String, String> accounts = new TreeMap<>();
            table.boundAccounts()
                    .forEach((namespace, names) -> names.stream()
                            .filter(name -> AccountReach.ofCluster(table.rightsOf(namespace, name)).stream()
                                    .anyMatch(item -> item.escape().isPresent()))
                            .findFirst()
                            .ifPresent(name -> accounts.put(namespace, name)));
            powerful = Optional.of(accounts);
        }
        return powerful.get();
    }
}

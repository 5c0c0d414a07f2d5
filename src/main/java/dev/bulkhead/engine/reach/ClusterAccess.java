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
    /** How many of an account's roles are named. */
    private static final int MOST_ROLES = 5;

    private final AccessTable table;
    private final Predicate<String> admitsPrivileged;
    private final Predicate<String> enforcesPodSecurity;
    private final Map<AccountRights, Account> known = new HashMap<>();
    private final Map<AccountRights, HeldRoles> heldRoles = new HashMap<>();
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
     * @param roles some of the roles that it holds, apart from those that everybody has
     * @param moreRoles how many it holds besides
     * @param reached what it reaches, the worst first, as far as it is listed of one workload
     * @param omitted how much it reaches besides
     */
    record Account(List<String> roles, int moreRoles, List<Reached> reached, int omitted) {
        Account {
            roles = List.copyOf(roles);
            reached = List.copyOf(reached);
        }
    }

    /** That service account. */
    Account account(String namespace, String name) {
        // Accounts without roles of their own share the object.
        return known.computeIfAbsent(table.rightsOf(namespace, name), rights -> {
            List<Reached> reached = new ArrayList<>(AccountReach.ofCluster(rights));
            if (reached.stream().noneMatch(item -> item.value().equals("*"))) {
                reached.addAll(NamespacedReach.of(rights, this));
            }
            Reach listed = Reach.of(reached, true);
            HeldRoles roles = roles(rights);
            List<String> named = roles.first(MOST_ROLES);
            return new Account(named, roles.count() - named.size(), listed.items(), listed.omitted());
        });
    }

    private HeldRoles roles(AccountRights rights) {
        HeldRoles before = heldRoles.get(rights);
        if (before != null) {
            return before;
        }
        HeldRoles roles = HeldRoles.of(rights.own(), rights.shared().map(this::roles));
        heldRoles.put(rights, roles);
        return roles;
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

package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.reach.AccountLookup;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Reach;
import dev.bulkhead.engine.reach.Reached;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the service accounts of a cluster reach, by its roles and bindings at one time. Used by one thread; what was found
 * once is kept.
 */
public final class ClusterAccess implements AccountLookup {
    /** How many of an account's roles are named. */
    private static final int MOST_ROLES = 5;

    private final AccessTable table;
    private final Predicate<String> admitsPrivileged;
    private final Predicate<String> enforcesPodSecurity;
    private final Map<AccountRights, Account> known = new HashMap<>();
    private final Map<AccountRights, HeldRoles> heldRoles = new HashMap<>();
    private final Map<String, Optional<Escape>> escapes = new HashMap<>();
    private final Map<String, Optional<Placed>> farthest = new HashMap<>();
    private final Map<String, Optional<Placed>> farthestBound = new HashMap<>();
    private Optional<List<String>> places = Optional.empty();
    private final Map<String, Boolean> powerfulSubjects = new HashMap<>();
    private final PowerfulAccounts powerful;
    private final Footholds footholds;

    /**
     * Looks nothing up yet.
     *
     * @param admitsPrivileged whether a privileged pod is admitted in the namespace of that name
     * @param enforcesPodSecurity whether that would change if a label of the namespace did
     */
    public ClusterAccess(AccessTable table, Predicate<String> admitsPrivileged, Predicate<String> enforcesPodSecurity) {
        this(table, admitsPrivileged, enforcesPodSecurity, new PowerfulAccounts(table), Footholds.NONE);
    }

    private ClusterAccess(
            AccessTable table,
            Predicate<String> admitsPrivileged,
            Predicate<String> enforcesPodSecurity,
            PowerfulAccounts powerful,
            Footholds footholds) {
        this.table = table;
        this.admitsPrivileged = admitsPrivileged;
        this.enforcesPodSecurity = enforcesPodSecurity;
        this.powerful = powerful;
        this.footholds = footholds;
    }

    /** The same where those workloads run, into whose pods accounts may get; the same object if that makes no difference. */
    public ClusterAccess among(Collection<RunningWorkload> running) {
        Footholds found = Footholds.of(running, this);
        return found.equals(footholds)
                ? this
                : new ClusterAccess(table, admitsPrivileged, enforcesPodSecurity, powerful, found);
    }

    /** Whether all that gives rights in that namespace is known. */
    public boolean knows(String namespace) {
        return table.isComplete(namespace);
    }

    @Override
    public boolean automounts(String namespace, String account) {
        return table.automounts(namespace, account);
    }

    /** Whether a privileged pod is admitted in that namespace. */
    boolean admitsPrivileged(String namespace) {
        return admitsPrivileged.test(namespace);
    }

    /** Whether a Pod Security label of that namespace rejects privileged pods. */
    boolean enforcesPodSecurity(String namespace) {
        return enforcesPodSecurity.test(namespace);
    }

    @Override
    public Account account(String namespace, String name) {
        // Accounts without roles of their own share the object.
        return known.computeIfAbsent(table.rightsOf(namespace, name), rights -> {
            List<Reached> reached = new ArrayList<>(AccountReach.ofCluster(rights));
            if (reached.stream().noneMatch(item -> item.value().equals("*"))) {
                reached.addAll(NamespacedReach.of(rights, this));
                reached.addAll(RoleReach.of(rights, this));
                reached.addAll(NamedIdentities.of(rights, this));
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

    /** What a cluster-admin of one namespace, or the holder of another ClusterRole there, reaches; empty if no way out. */
    Optional<Escape> escapeBy(String clusterRole, String namespace) {
        return escapes.computeIfAbsent(
                clusterRole + "/" + namespace,
                key -> table.rightsBy(clusterRole, namespace)
                        .flatMap(held ->
                                Reach.of(NamespacedReach.of(held, this), true).escape()));
    }

    /** A way out that the holder of a ClusterRole has in that namespace. */
    record Placed(String namespace, Escape escape) {}

    /**
     * What the holder of that ClusterRole reaches in the namespace where it leads furthest. Asks only about some namespaces:
     * kube-system, one with a powerful account, and those whose pods give most.
     */
    Optional<Placed> farthestBy(String clusterRole) {
        if (places.isEmpty()) {
            places = Optional.of(
                    Stream.concat(Stream.of(PowerfulAccounts.SYSTEM, powerful.namespace()), footholds.best())
                            .distinct()
                            .toList());
        }
        List<String> among = places.get();
        return farthest.computeIfAbsent(clusterRole, role -> farthest(role, among.stream()));
    }

    /** The same of the namespaces with a binding that refers to it. */
    Optional<Placed> farthestByBinding(String clusterRole) {
        return farthestBound.computeIfAbsent(clusterRole, role -> farthest(role, table.namespacesOf(role)));
    }

    private Optional<Placed> farthest(String clusterRole, Stream<String> namespaces) {
        return namespaces
                .flatMap(namespace -> escapeBy(clusterRole, namespace).map(way -> new Placed(namespace, way)).stream())
                .min(Comparator.comparing(Placed::escape).thenComparing(Placed::namespace));
    }

    /** Whether a RoleBinding of whatever namespace refers to that ClusterRole. */
    boolean isBoundInNamespaces(String clusterRole) {
        return table.namespacesOf(clusterRole).findAny().isPresent();
    }

    /** Whether who holds that ClusterRole in the whole cluster reaches cluster-admin. */
    boolean leadsToCluster(String clusterRole) {
        return isPowerful("role " + clusterRole, () -> table.rightsBy(clusterRole, ""));
    }

    /** Whether a binding of that namespace, or without one a ClusterRoleBinding, refers to that ClusterRole. */
    boolean isBound(String clusterRole, String namespace) {
        return table.isBound(clusterRole, namespace);
    }

    /** Whether the user of that name reaches cluster-admin. */
    boolean isPowerfulUser(String name) {
        return isPowerful("user " + name, () -> Optional.of(table.rightsOfUser(name)));
    }

    /** Whether the members of that group reach cluster-admin. */
    boolean isPowerfulGroup(String name) {
        return isPowerful("group " + name, () -> Optional.of(table.rightsOfGroup(name)));
    }

    private boolean isPowerful(String subject, Supplier<Optional<AccountRights>> rights) {
        return powerfulSubjects.computeIfAbsent(
                subject, key -> rights.get().filter(powerful::has).isPresent());
    }

    /** The accounts that reach cluster-admin by themselves. */
    PowerfulAccounts powerful() {
        return powerful;
    }

    /** What the pods of others give. */
    Footholds footholds() {
        return footholds;
    }
}

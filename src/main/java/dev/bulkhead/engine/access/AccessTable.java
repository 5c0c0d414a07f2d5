package dev.bulkhead.engine.access;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The roles and bindings of a cluster at one time, by which the rights of service accounts are found. */
public final class AccessTable {
    private static final String NAMESPACE_GROUP = "system:serviceaccounts:";
    private static final String GROUP_PREFIX = RoleBinding.group(NAMESPACE_GROUP);
    private static final String ACCOUNT_PREFIX = RoleBinding.user("system:serviceaccount:");

    private static final SortedSet<String> NOWHERE = Collections.emptySortedSet();

    private final Map<String, Role> roles = new HashMap<>();
    private final Map<String, List<RoleBinding>> bySubject = new HashMap<>();
    private final Map<String, SortedSet<String>> bound = new HashMap<>();
    private final Set<String> withoutToken;
    private final Set<String> incomplete;
    private final AccountRights ofEveryAccount;
    private final Map<String, AccountRights> byNamespace = new ConcurrentHashMap<>();
    private final Map<String, AccountRights> byAccount = new ConcurrentHashMap<>();

    /**
     * Reads the roles and bindings.
     *
     * @param withoutToken the service accounts, as {@code NAMESPACE/NAME}, that say that their pods get no token
     */
    public AccessTable(Collection<Role> roles, Collection<RoleBinding> bindings, Collection<String> withoutToken) {
        this(roles, bindings, withoutToken, List.of());
    }

    /**
     * The same of a part.
     *
     * @param incomplete the namespaces of which not all roles and bindings are there
     */
    public AccessTable(
            Collection<Role> roles,
            Collection<RoleBinding> bindings,
            Collection<String> withoutToken,
            Collection<String> incomplete) {
        this.incomplete = ImmutableCopies.of(incomplete);
        roles.forEach(role -> this.roles.put(key(role.namespace(), role.name()), role));
        for (RoleBinding binding : bindings) {
            if (binding.toClusterRole()) {
                bound.computeIfAbsent(binding.role(), name -> new TreeSet<>()).add(binding.namespace());
            }
            for (String subject : ImmutableCopies.of(binding.subjects())) {
                bySubject.computeIfAbsent(subject, name -> new ArrayList<>(1)).add(binding);
            }
        }
        this.withoutToken = ImmutableCopies.of(withoutToken);
        this.ofEveryAccount = AccountRights.NONE
                .with(grants(RoleBinding.group("system:authenticated")))
                .with(grants(RoleBinding.group("system:serviceaccounts")));
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    /**
     * The rights of a service account, with those of the groups that every service account belongs to; the same object for
     * all accounts of a namespace that have none by themselves.
     */
    public AccountRights rightsOf(String namespace, String account) {
        AccountRights ofNamespace = byNamespace.computeIfAbsent(
                namespace, name -> ofEveryAccount.with(grants(RoleBinding.group(NAMESPACE_GROUP + name))));
        return byAccount.computeIfAbsent(
                RoleBinding.user(RoleBinding.userName(namespace, account)), user -> ofNamespace.with(grants(user)));
    }

    /** What bindings give to the user of that name, who is no service account, apart from groups. */
    public AccountRights rightsOfUser(String name) {
        return AccountRights.NONE.with(grants(RoleBinding.user(name)));
    }

    /** What bindings give to the members of the group of that name. */
    public AccountRights rightsOfGroup(String name) {
        return AccountRights.NONE.with(grants(RoleBinding.group(name)));
    }

    /**
     * What an account would have that holds only a ClusterRole; empty if there is none of that name.
     *
     * @param namespace where it would hold it; empty for the whole cluster
     */
    public Optional<AccountRights> rightsBy(String clusterRole, String namespace) {
        return Optional.ofNullable(roles.get(key("", clusterRole)))
                .map(role -> AccountRights.NONE.with(List.of(new Grant(namespace, role, ""))));
    }

    /** Whether a binding of that namespace, or without one a ClusterRoleBinding, refers to that ClusterRole. */
    public boolean isBound(String clusterRole, String namespace) {
        return bound.getOrDefault(clusterRole, NOWHERE).contains(namespace);
    }

    /** The namespaces that have a binding to that ClusterRole. */
    public Stream<String> namespacesOf(String clusterRole) {
        return bound.getOrDefault(clusterRole, NOWHERE).stream().filter(namespace -> !namespace.isEmpty());
    }

    private List<Grant> grants(String subject) {
        List<Grant> grants = new ArrayList<>(0);
        for (RoleBinding binding : bySubject.getOrDefault(subject, List.of())) {
            role(binding).ifPresent(role -> grants.add(new Grant(binding.namespace(), role, binding.name())));
        }
        return grants;
    }

    /** Empty for a binding whose role does not exist, which gives nothing. */
    private Optional<Role> role(RoleBinding binding) {
        String namespace = binding.toClusterRole() ? "" : binding.namespace();
        return Optional.ofNullable(roles.get(key(namespace, binding.role())));
    }

    /**
     * The service accounts that bindings name, by namespace; of a namespace whose group of service accounts they name, the
     * one that each has.
     */
    public SortedMap<String, SortedSet<String>> boundAccounts() {
        SortedMap<String, SortedSet<String>> accounts = new TreeMap<>();
        for (String subject : bySubject.keySet()) {
            int colon = subject.lastIndexOf(':');
            if (subject.startsWith(ACCOUNT_PREFIX) && colon > ACCOUNT_PREFIX.length()) {
                accounts.computeIfAbsent(
                                subject.substring(ACCOUNT_PREFIX.length(), colon), namespace -> new TreeSet<>())
                        .add(subject.substring(colon + 1));
            } else if (subject.startsWith(GROUP_PREFIX) && subject.length() > GROUP_PREFIX.length()) {
                accounts.computeIfAbsent(subject.substring(GROUP_PREFIX.length()), namespace -> new TreeSet<>())
                        .add("default");
            }
        }
        return accounts;
    }

    /** Whether all roles and bindings of that namespace are there. */
    public boolean isComplete(String namespace) {
        return !incomplete.contains(namespace);
    }

    /** Whether the pods of a service account get its token where they say nothing. */
    public boolean automounts(String namespace, String account) {
        return !withoutToken.contains(key(namespace, account));
    }
}

package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.Grant;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Escape.Target;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.reach.account.ClusterAccess.Placed;
import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What an account reaches that may give itself roles in namespaces, or one role in the whole cluster. The API server asks
 * for {@code bind} in the namespace of the binding, and for {@code escalate} where the role is.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping">
 *     Privilege escalation prevention</a>
 */
final class RoleReach {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String CLUSTER_ROLES = "clusterroles";
    private static final String ROLES = "roles";
    private static final String ADMIN = "cluster-admin";
    private static final List<String> WRITE = List.of("create", "update", "patch");
    private static final List<String> CHANGE = List.of("update", "patch");
    private static final SortedSet<String> NO_NAMES = Collections.emptySortedSet();
    private static final Access BIND = Access.to("bind", RBAC, CLUSTER_ROLES);

    private final AccountRights rights;
    private final ClusterAccess access;
    private final List<Reached> found = new ArrayList<>();

    private RoleReach(AccountRights rights, ClusterAccess access) {
        this.rights = rights;
        this.access = access;
    }

    /** What an account with those rights reaches. */
    static List<Reached> of(AccountRights rights, ClusterAccess access) {
        RoleReach reach = new RoleReach(rights, access);
        reach.bindOneInCluster();
        reach.bindInNamespaces();
        reach.escalateInNamespaces();
        return reach.found;
    }

    /** The right to bind cluster-admin is {@link AccountReach}'s; another role may lead there as well. */
    private void bindOneInCluster() {
        rights.byName(BIND)
                .filter(named -> named.grant().everywhere() && !named.name().equals(ADMIN))
                .filter(named -> mayBindInCluster(named.name()))
                .filter(named -> access.leadsToCluster(named.name()))
                .findFirst()
                .ifPresent(named -> found.add(item(
                        "bind",
                        "may bind any account to ClusterRole " + named.name() + " (bind)",
                        named.grant(),
                        Optional.of(Escape.toCluster(
                                "binds its own account to ClusterRole " + named.name() + " (bind)",
                                "uses what that may do, which leads to every right")))));
    }

    private boolean mayBindInCluster(String role) {
        return may("create", "clusterrolebindings")
                || (access.isBound(role, "") && CHANGE.stream().anyMatch(verb -> may(verb, "clusterrolebindings")));
    }

    private boolean may(String verb, String resource) {
        return rights.everywhere(Access.to(verb, RBAC, resource)).isPresent();
    }

    private void bindInNamespaces() {
        List<Scope> scopes = Scope.of(rights, WRITE, RBAC, "rolebindings");
        if (scopes.isEmpty()) {
            return;
        }
        Map<String, SortedSet<String>> named = new HashMap<>();
        rights.byName(BIND)
                .forEach(one -> named.computeIfAbsent(one.grant().namespace(), name -> new TreeSet<>())
                        .add(one.name()));
        Optional<Reached> inAny = Optional.empty();
        for (Scope scope : withNamespaces(scopes)) {
            Optional<Reached> item = bindIn(scope, named);
            if (scope.everywhere()) {
                inAny = item;
                item.ifPresent(found::add);
            } else {
                Optional<Reached> general = inAny;
                item.filter(one -> general.isEmpty() || leadsFurther(one, general.get()))
                        .ifPresent(found::add);
            }
        }
    }

    /** Where bindings can be written in the whole cluster, what else is needed may be permitted in some namespaces only. */
    private List<Scope> withNamespaces(List<Scope> scopes) {
        return scopes.stream()
                .flatMap(scope -> scope.everywhere()
                        ? Stream.concat(
                                Stream.of(scope),
                                rights.namespaces().stream().map(namespace -> new Scope(namespace, scope.grant())))
                        : Stream.of(scope))
                .toList();
    }

    private static boolean leadsFurther(Reached one, Reached other) {
        Optional<Target> to = one.escape().map(Escape::to);
        Optional<Target> before = other.escape().map(Escape::to);
        return to.isPresent() && (before.isEmpty() || to.get().compareTo(before.get()) < 0);
    }

    private Optional<Reached> bindIn(Scope scope, Map<String, SortedSet<String>> named) {
        return Stream.of(
                        List.of(ADMIN),
                        named.getOrDefault("", NO_NAMES),
                        named.getOrDefault(scope.namespace(), NO_NAMES))
                .flatMap(Collection::stream)
                .distinct()
                .filter(role -> bind(scope, role).isPresent())
                .filter(role -> mayBindIn(scope, role))
                .flatMap(role -> bound(scope, role).stream())
                .min(Reached::compareTo)
                .or(() -> ownRole(scope));
    }

    /** A Role of its own making, with every right. */
    private Optional<Reached> ownRole(Scope scope) {
        boolean makes = may(scope, "create", "rolebindings")
                && may(scope, "escalate", ROLES)
                && (may(scope, "create", ROLES) || CHANGE.stream().anyMatch(verb -> may(scope, verb, ROLES)));
        return makes && may(scope, "bind", ROLES)
                ? Optional.of(item(
                        "bind",
                        "may bind any account to a Role with every right in " + scope.label() + " (bind, escalate)",
                        scope.grant(),
                        placed(scope, ADMIN)
                                .map(way -> way.escape()
                                        .after("makes a Role with every right in namespace " + way.namespace()
                                                + ", and binds its own account to it (bind, escalate)"))))
                : Optional.empty();
    }

    private boolean may(Scope scope, String verb, String resource) {
        return scope.permits(rights, Access.to(verb, RBAC, resource));
    }

    private Optional<Grant> bind(Scope scope, String role) {
        return scope.everywhere()
                ? rights.everywhere(BIND.named(role))
                : rights.in(scope.namespace(), BIND.named(role));
    }

    /** To change a binding takes one that refers to the role: that cannot be changed. */
    private boolean mayBindIn(Scope scope, String role) {
        return may(scope, "create", "rolebindings")
                || (scope.everywhere() ? access.isBoundInNamespaces(role) : access.isBound(role, scope.namespace()));
    }

    private Optional<Reached> bound(Scope scope, String role) {
        Optional<Escape> escape = placed(scope, role)
                .map(way -> way.escape()
                        .after("binds its own account to ClusterRole " + role + " in namespace " + way.namespace()
                                + " (bind)"));
        return escape.isPresent() || role.equals(ADMIN)
                ? bind(scope, role)
                        .map(grant -> item(
                                "bind",
                                "may bind any account to ClusterRole " + role + " in " + scope.label() + " (bind)",
                                grant,
                                escape))
                : Optional.empty();
    }

    /** What that ClusterRole gives in the scope; in the whole cluster, in the namespace where it leads furthest. */
    private Optional<Placed> placed(Scope scope, String role) {
        if (!scope.everywhere()) {
            return access.escapeBy(role, scope.namespace()).map(way -> new Placed(scope.namespace(), way));
        }
        return may(scope, "create", "rolebindings") ? access.farthestBy(role) : access.farthestByBinding(role);
    }

    /** A role that it holds in a namespace gives every right there once it is changed. */
    private void escalateInNamespaces() {
        if (rights.anywhereForSome(Access.to("escalate", RBAC, CLUSTER_ROLES)).isEmpty()
                && rights.anywhereForSome(Access.to("escalate", RBAC, ROLES)).isEmpty()) {
            return;
        }
        Set<String> seen = new HashSet<>();
        rights.grants()
                .filter(held -> !held.everywhere() && !seen.contains(held.namespace()))
                .filter(this::mayAddRights)
                .forEach(held -> {
                    seen.add(held.namespace());
                    Optional<Escape> escape = access.escapeBy(ADMIN, held.namespace())
                            .map(way -> way.after("adds every right to " + name(held)
                                    + ", which it holds itself in namespace " + held.namespace()));
                    found.add(item(
                            "escalate",
                            "may add any right to " + name(held) + ", which it holds in namespace " + held.namespace()
                                    + " (escalate)",
                            held,
                            escape));
                });
    }

    private boolean mayAddRights(Grant held) {
        String name = held.role().name();
        boolean ofCluster = held.role().namespace().isEmpty();
        String resource = ofCluster ? CLUSTER_ROLES : ROLES;
        return mayChange(held, Access.to("escalate", RBAC, resource).named(name))
                && CHANGE.stream()
                        .anyMatch(verb ->
                                mayChange(held, Access.to(verb, RBAC, resource).named(name)));
    }

    private boolean mayChange(Grant held, Access asked) {
        String namespace = held.role().namespace();
        return (namespace.isEmpty() ? rights.everywhere(asked) : rights.in(namespace, asked)).isPresent();
    }

    private static String name(Grant held) {
        return (held.role().namespace().isEmpty() ? "ClusterRole " : "Role ")
                + held.role().name();
    }

    private static Reached item(String value, String message, Grant grant, Optional<Escape> escape) {
        Severity severity = escape.isPresent() ? Severity.CRITICAL : Severity.HIGH;
        return AccountReach.item(severity, value, message, grant, escape);
    }
}

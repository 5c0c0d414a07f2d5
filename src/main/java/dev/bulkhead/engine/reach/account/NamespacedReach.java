package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.Grant;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a service account may do in the whole cluster or in namespaces that leads further: to the Secrets, tokens and pods of
 * others, and to pods of its own.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/rbac-good-practices/">Role based access control good
 *     practices, "Privilege escalation risks"</a>
 */
final class NamespacedReach {
    private static final String SYSTEM = PowerfulAccounts.SYSTEM;

    private static final List<String> READ = List.of("get", "list", "watch");
    private static final List<String> CREATE = List.of("create");
    private static final List<String> WRITE = List.of("create", "update", "patch");
    private static final List<String> CHANGE = List.of("update", "patch");

    private record Maker(String group, String resource) {}

    private static final List<Maker> MAKERS = Stream.of(KubernetesKind.values())
            .filter(kind -> kind != KubernetesKind.POD_TEMPLATE)
            .map(kind -> new Maker(kind.group(), kind.resource()))
            .toList();

    private final AccountRights rights;
    private final ClusterAccess access;
    private final List<Reached> found = new ArrayList<>();

    private NamespacedReach(AccountRights rights, ClusterAccess access) {
        this.rights = rights;
        this.access = access;
    }

    /** What an account with those rights reaches. */
    static List<Reached> of(AccountRights rights, ClusterAccess access) {
        NamespacedReach reach = new NamespacedReach(rights, access);
        reach.secrets();
        reach.tokens();
        reach.pods();
        reach.volumes();
        reach.found.addAll(PodEntry.of(rights, access));
        return reach.found;
    }

    private List<Scope> scopes(List<String> verbs, String group, String resource) {
        return Scope.of(rights, verbs, group, resource);
    }

    /** A Secret of the type service-account-token gets a token for the account that it names. */
    private void secrets() {
        Set<String> created = new HashSet<>();
        scopes(CREATE, "", "secrets").forEach(scope -> created.add(scope.namespace()));
        for (Scope scope : scopes(READ, "", "secrets")) {
            boolean creates = created.contains("") || created.contains(scope.namespace());
            boolean wide = scope.everywhere() || scope.namespace().equals(SYSTEM);
            Optional<Escape> escape = creates
                    ? access.powerful()
                            .in(scope)
                            .map(account -> Escape.toCluster(
                                    "creates a Secret of the type service-account-token for account " + account
                                            + ", and reads the token",
                                    "uses it, which leads to every right"))
                    : Optional.empty();
            if (escape.isEmpty() && wide) {
                escape = Optional.of(
                        Escape.toCluster(
                                "reads the Secrets of " + scope.label(),
                                "uses the token or password of an account with more rights from one of them, where one is stored"));
            }
            found.add(AccountReach.item(
                    wide ? Severity.CRITICAL : Severity.HIGH,
                    "secrets",
                    "may read the Secrets of " + scope.label(),
                    scope.grant(),
                    escape));
        }
    }

    private void tokens() {
        for (Scope scope : scopes(CREATE, "", "serviceaccounts/token")) {
            found.add(AccountReach.item(
                    Severity.HIGH,
                    "serviceaccounts/token",
                    "may create tokens for the service accounts of " + scope.label(),
                    scope.grant(),
                    access.powerful()
                            .in(scope)
                            .map(account -> Escape.toCluster(
                                    "creates a token for account " + account + " (serviceaccounts/token)",
                                    "uses it, which leads to every right"))));
        }
        for (Scope scope : scopes(List.of("impersonate"), "", "serviceaccounts")) {
            if (!scope.everywhere()) {
                found.add(AccountReach.item(
                        Severity.HIGH,
                        "impersonate serviceaccounts",
                        "may act as the service accounts of " + scope.label(),
                        scope.grant(),
                        access.powerful()
                                .in(scope)
                                .map(account -> Escape.toCluster(
                                        "acts as account " + account + " (impersonate)",
                                        "uses what that may do, which leads to every right"))));
            }
        }
    }

    /** An account that can create pods chooses their service account, and what admission permits them on the node. */
    private void pods() {
        Map<String, Made> made = new TreeMap<>();
        for (Maker maker : MAKERS) {
            List<String> verbs = maker.resource().equals("pods") ? CREATE : WRITE;
            for (Scope scope : scopes(verbs, maker.group(), maker.resource())) {
                made.computeIfAbsent(scope.namespace(), namespace -> new Made(scope, new ArrayList<>()))
                        .by()
                        .add(maker.resource());
            }
        }
        for (Made pods : made.values()) {
            Scope scope = pods.scope();
            found.add(AccountReach.item(
                    Severity.HIGH,
                    pods.by().get(0),
                    "may create pods in " + scope.label() + " (" + String.join(", ", pods.by()) + ")",
                    scope.grant(),
                    escapeByPod(scope)));
        }
    }

    /**
     * Pods that can be made in a scope.
     *
     * @param by the resources by which they can be
     */
    private record Made(Scope scope, List<String> by) {}

    private Optional<Escape> escapeByPod(Scope scope) {
        Optional<String> account = access.powerful().in(scope);
        if (account.isPresent()) {
            return Optional.of(Escape.toCluster(
                    "creates a pod with account " + account.get() + ", and takes its token",
                    "uses it, which leads to every right"));
        }
        String namespace = scope.everywhere() ? SYSTEM : scope.namespace();
        String privileged = "creates a privileged pod in namespace " + namespace;
        String disk = "mounts the node's disk from there, and adds a job for cron to it";
        if (access.admitsPrivileged(namespace)) {
            return Optional.of(Escape.toNode(privileged + ", which nothing there denies", disk));
        }
        return access.enforcesPodSecurity(namespace) && mayRelabel(namespace)
                ? Optional.of(
                        Escape.toNode("removes the Pod Security label of namespace " + namespace, privileged, disk))
                : Optional.empty();
    }

    /** A request for a namespace counts as one in it, so that a role that is held there permits it as well. */
    private boolean mayRelabel(String namespace) {
        return CHANGE.stream()
                .anyMatch(verb -> rights.in(
                                namespace, Access.to(verb, "", "namespaces").named(namespace))
                        .isPresent());
    }

    /** Pod Security looks at a pod's volumes, and not at what is behind its claims. */
    private void volumes() {
        Optional<Grant> volumes = rights.everywhere(Access.to("create", "", "persistentvolumes"));
        if (volumes.isPresent()) {
            List<Scope> pods = scopes(CREATE, "", "pods");
            List<Scope> claims = scopes(CREATE, "", "persistentvolumeclaims");
            Set<String> claimed = new HashSet<>();
            claims.forEach(claim -> claimed.add(claim.namespace()));
            boolean together = !claims.isEmpty()
                    && pods.stream()
                            .anyMatch(pod ->
                                    pod.everywhere() || claimed.contains("") || claimed.contains(pod.namespace()));
            found.add(AccountReach.item(
                    Severity.HIGH,
                    "persistentvolumes",
                    "may create PersistentVolumes, also of the node's files",
                    volumes.get(),
                    together
                            ? Optional.of(Escape.toNode(
                                    "creates a PersistentVolume of the node's /etc, and a pod that mounts it by a claim",
                                    "adds a job for cron to it"))
                            : Optional.empty()));
        }
    }
}

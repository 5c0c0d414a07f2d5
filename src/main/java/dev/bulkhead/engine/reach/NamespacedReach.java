package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.Grant;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    /** Where the cluster's own controllers have their accounts, and its privileged pods run. */
    private static final String SYSTEM = "kube-system";

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
        reach.commands();
        reach.pods();
        reach.volumes();
        return reach.found;
    }

    /** Where something is permitted. */
    private record Scope(String namespace, Grant grant) {
        boolean everywhere() {
            return namespace.isEmpty();
        }

        String label() {
            return everywhere() ? "every namespace" : "namespace " + namespace;
        }
    }

    /** The whole cluster, or the namespaces in which one of the verbs is permitted. */
    private List<Scope> scopes(List<String> verbs, String group, String resource) {
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

    /** A powerful account in that scope, preferably one of the cluster's own. */
    private Optional<String> powerfulIn(Scope scope) {
        Map<String, String> accounts = access.powerful();
        String namespace = scope.namespace();
        if (scope.everywhere()) {
            namespace = accounts.containsKey(SYSTEM)
                    ? SYSTEM
                    : accounts.keySet().stream().findFirst().orElse("");
        }
        String found = namespace;
        return Optional.ofNullable(accounts.get(found)).map(name -> found + "/" + name);
    }

    /** A Secret of the type service-account-token gets a token for the account that it names. */
    private void secrets() {
        List<Scope> created = scopes(CREATE, "", "secrets");
        for (Scope scope : scopes(READ, "", "secrets")) {
            boolean creates = created.stream()
                    .anyMatch(other -> other.everywhere() || other.namespace().equals(scope.namespace()));
            boolean wide = scope.everywhere() || scope.namespace().equals(SYSTEM);
            Optional<Escape> escape = creates
                    ? powerfulIn(scope)
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
                    powerfulIn(scope)
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
                        powerfulIn(scope)
                                .map(account -> Escape.toCluster(
                                        "acts as account " + account + " (impersonate)",
                                        "uses what that may do, which leads to every right"))));
            }
        }
    }

    /** kube-proxy, network plugins and storage drivers run privileged in kube-system. */
    private void commands() {
        record Way(List<String> verbs, String resource, String does) {}
        for (Way way : List.of(
                new Way(List.of("create", "get"), "pods/exec", "runs commands in"),
                new Way(List.of("create", "get"), "pods/attach", "attaches to"),
                new Way(CHANGE, "pods/ephemeralcontainers", "adds a container to"),
                new Way(CHANGE, "pods", "changes the image of"))) {
            for (Scope scope : scopes(way.verbs(), "", way.resource())) {
                boolean system = scope.everywhere() || scope.namespace().equals(SYSTEM);
                found.add(AccountReach.item(
                        Severity.HIGH,
                        way.resource(),
                        "may get into the pods of " + scope.label() + " ("
                                + way.verbs().get(0) + " " + way.resource() + ")",
                        scope.grant(),
                        system
                                ? Optional.of(Escape.toNode(
                                        way.does() + " a privileged pod of kube-system, such as kube-proxy ("
                                                + way.resource() + ")",
                                        "mounts the node's disk from there, and adds a job for cron to it"))
                                : Optional.empty()));
            }
        }
    }

    /** Whoever makes pods chooses their account, and what they may do on the node as far as admission lets them. */
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
        boolean relabels = CHANGE.stream()
                .anyMatch(verb ->
                        rights.everywhere(Access.to(verb, "", "namespaces")).isPresent());
        for (Made pods : made.values()) {
            Scope scope = pods.scope();
            found.add(AccountReach.item(
                    Severity.HIGH,
                    pods.by().get(0),
                    "may create pods in " + scope.label() + " (" + String.join(", ", pods.by()) + ")",
                    scope.grant(),
                    escapeByPod(scope, relabels)));
        }
    }

    /**
     * Pods that can be made in a scope.
     *
     * @param by the resources by which they can be
     */
    private record Made(Scope scope, List<String> by) {}

    private Optional<Escape> escapeByPod(Scope scope, boolean relabels) {
        Optional<String> account = powerfulIn(scope);
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
        return relabels && access.enforcesPodSecurity(namespace)
                ? Optional.of(
                        Escape.toNode("removes the Pod Security label of namespace " + namespace, privileged, disk))
                : Optional.empty();
    }

    /** Pod Security looks at a pod's volumes, and not at what is behind its claims. */
    private void volumes() {
        Optional<Grant> volumes = rights.everywhere(Access.to("create", "", "persistentvolumes"));
        if (volumes.isPresent()) {
            List<Scope> pods = scopes(CREATE, "", "pods");
            List<Scope> claims = scopes(CREATE, "", "persistentvolumeclaims");
            boolean together = pods.stream()
                    .anyMatch(pod -> claims.stream()
                            .anyMatch(claim -> pod.everywhere()
                                    || claim.everywhere()
                                    || pod.namespace().equals(claim.namespace())));
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

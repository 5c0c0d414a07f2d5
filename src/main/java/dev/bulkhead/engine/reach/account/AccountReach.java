package dev.bulkhead.engine.reach.account;

import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.access.Grant;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a service account may do that leads further, and how.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/rbac-good-practices/">Role based access control good
 *     practices, "Privilege escalation risks"</a>
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping">
 *     Privilege escalation prevention</a>
 */
final class AccountReach {
    /** The group whose members may do everything. */
    static final String MASTERS = "system:masters";

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String WEBHOOKS = "admissionregistration.k8s.io";
    private static final String CERTIFICATES = "certificates.k8s.io";
    private static final String CLUSTER_ROLES = "clusterroles";
    private static final List<String> CHANGE = List.of("update", "patch");
    private static final List<String> WRITE = List.of("create", "update", "patch");

    private final AccountRights rights;
    private final List<Reached> found = new ArrayList<>();

    private AccountReach(AccountRights rights) {
        this.rights = rights;
    }

    /** What the account may do by itself in the whole cluster, without the help of other accounts. */
    static List<Reached> ofCluster(AccountRights rights) {
        AccountReach reach = new AccountReach(rights);
        reach.everything();
        if (reach.found.isEmpty()) {
            reach.roles();
            reach.impersonation();
            reach.nodes();
            reach.webhooks();
            reach.certificates();
        }
        return reach.found;
    }

    /** See the ClusterRole cluster-admin. */
    private void everything() {
        rights.everywhere(Access.to("*", "*", "*"))
                .ifPresent(grant -> add(
                        Severity.CRITICAL,
                        "*",
                        "may do everything",
                        grant,
                        "uses its API token, which may do everything"));
    }

    private void roles() {
        for (Grant held : rights.everywhere().toList()) {
            Access escalate =
                    Access.to("escalate", RBAC, CLUSTER_ROLES).named(held.role().name());
            if (rights.everywhere(escalate).isPresent()) {
                Optional<Grant> change = any(
                        CHANGE,
                        verb -> Access.to(verb, RBAC, CLUSTER_ROLES)
                                .named(held.role().name()));
                if (change.isPresent()) {
                    add(
                            Severity.CRITICAL,
                            "escalate",
                            "may add any right to ClusterRole " + held.role().name() + ", which it holds (escalate)",
                            change.get(),
                            "adds every right to ClusterRole " + held.role().name() + ", which it holds itself");
                    break;
                }
            }
        }
        Optional<Grant> bind =
                rights.everywhere(Access.to("bind", RBAC, CLUSTER_ROLES).named("cluster-admin"));
        if (bind.isPresent()) {
            any(WRITE, verb -> Access.to(verb, RBAC, "clusterrolebindings"))
                    .ifPresentOrElse(
                            grant -> add(
                                    Severity.CRITICAL,
                                    "bind",
                                    "may bind any account to cluster-admin (bind)",
                                    bind.get(),
                                    "binds its own account to ClusterRole cluster-admin"),
                            () -> addWithout(
                                    Severity.HIGH,
                                    "bind",
                                    "may bind cluster-admin where it may write bindings (bind)",
                                    bind.get()));
        }
    }

    /** A service account is impersonated by its own resource, so that users are people and the cluster's components. */
    private void impersonation() {
        Optional<Grant> users = rights.everywhere(impersonate("users"));
        Optional<Grant> accounts = rights.everywhere(impersonate("serviceaccounts"));
        Optional<Grant> masters = rights.everywhere(impersonate("groups").named(MASTERS));
        if (users.isPresent()) {
            add(
                    Severity.CRITICAL,
                    "impersonate users",
                    "may act as any user (impersonate)",
                    users.get(),
                    masters.isPresent()
                            ? "acts as a member of system:masters"
                            : "acts as an administrator, or as user system:kube-controller-manager, who creates tokens for every"
                                    + " service account");
        } else if (masters.isPresent() && impersonatesSome(rights)) {
            add(
                    Severity.CRITICAL,
                    "impersonate groups",
                    "may act as a member of system:masters (impersonate)",
                    masters.get(),
                    "acts as a user or service account in the group system:masters");
        } else if (accounts.isPresent()) {
            add(
                    Severity.CRITICAL,
                    "impersonate serviceaccounts",
                    "may act as any service account (impersonate)",
                    accounts.get(),
                    "acts as kube-system's clusterrole-aggregation-controller, and adds every right to a ClusterRole");
        }
    }

    /** Groups are impersonated along with a user; which one makes no difference. */
    static boolean impersonatesSome(AccountRights rights) {
        return rights.everywhereForSome(impersonate("users")).isPresent()
                || rights.anywhereForSome(impersonate("serviceaccounts")).isPresent();
    }

    private static Access impersonate(String resource) {
        return Access.to("impersonate", "", resource);
    }

    /** The kubelet runs commands for every account that may proxy to it, also by GET, without admission and audit log. */
    private void nodes() {
        any(List.of("get", "create"), verb -> Access.to(verb, "", "nodes/proxy"))
                .ifPresent(grant -> add(
                        Severity.CRITICAL,
                        "nodes/proxy",
                        "may call the kubelets, which run commands in every pod (nodes/proxy)",
                        grant,
                        "runs commands in any pod of any node by the kubelet (nodes/proxy)",
                        "takes the token of a controller of the cluster from one of them"));
        any(CHANGE, verb -> Access.to(verb, "", "nodes"))
                .ifPresent(grant ->
                        addWithout(Severity.HIGH, "nodes", "may change nodes, and so where pods of others run", grant));
    }

    /** Also a limit to names leaves the rules of the named one open. */
    private void webhooks() {
        Optional<Grant> mutating = any(
                        List.of("create"), verb -> Access.to(verb, WEBHOOKS, "mutatingwebhookconfigurations"))
                .or(() -> some(CHANGE, verb -> Access.to(verb, WEBHOOKS, "mutatingwebhookconfigurations")));
        mutating.ifPresent(grant -> add(
                Severity.CRITICAL,
                "mutatingwebhookconfigurations",
                "may change mutating webhooks, which see and change everything that is written",
                grant,
                "has everything that is written to the cluster sent to a webhook of its own",
                "changes the pods of powerful accounts as they are created, and takes their tokens"));
        Optional<Grant> policies = any(WRITE, verb -> Access.to(verb, WEBHOOKS, "mutatingadmissionpolicies"));
        if (policies.isPresent()
                && any(WRITE, verb -> Access.to(verb, WEBHOOKS, "mutatingadmissionpolicybindings"))
                        .isPresent()) {
            add(
                    Severity.CRITICAL,
                    "mutatingadmissionpolicies",
                    "may write mutating admission policies, which change everything that is written",
                    policies.get(),
                    "has a policy change the pods of powerful accounts as they are created",
                    "takes their tokens");
        }
        Optional<Grant> validating = any(
                        List.of("create"), verb -> Access.to(verb, WEBHOOKS, "validatingwebhookconfigurations"))
                .or(() -> some(CHANGE, verb -> Access.to(verb, WEBHOOKS, "validatingwebhookconfigurations")));
        validating.ifPresent(grant -> addWithout(
                Severity.HIGH,
                "validatingwebhookconfigurations",
                "may change validating webhooks, which see every Secret that is written",
                grant));
    }

    /** An account that may approve for the signer gets any certificate signed, except for system:masters. */
    private void certificates() {
        Optional<Grant> approve = rights.everywhere(
                        Access.to("approve", CERTIFICATES, "signers").named("kubernetes.io/kube-apiserver-client"))
                .or(() -> rights.everywhere(
                        Access.to("approve", CERTIFICATES, "signers").named("kubernetes.io/*")));
        boolean requests = rights.everywhere(Access.to("create", CERTIFICATES, "certificatesigningrequests"))
                .isPresent();
        boolean approval = any(CHANGE, verb -> Access.to(verb, CERTIFICATES, "certificatesigningrequests/approval"))
                .isPresent();
        if (approve.isPresent() && requests && approval) {
            add(
                    Severity.CRITICAL,
                    "certificatesigningrequests/approval",
                    "may approve client certificates for any user",
                    approve.get(),
                    "has a client certificate signed for system:kube-controller-manager, who creates tokens for every service"
                            + " account");
        }
    }

    private Optional<Grant> any(List<String> verbs, Function<String, Access> access) {
        return verbs.stream()
                .flatMap(verb -> rights.everywhere(access.apply(verb)).stream())
                .findFirst();
    }

    private Optional<Grant> some(List<String> verbs, Function<String, Access> access) {
        return verbs.stream()
                .flatMap(verb -> rights.everywhereForSome(access.apply(verb)).stream())
                .findFirst();
    }

    private void add(Severity severity, String value, String message, Grant grant, String... steps) {
        found.add(item(severity, value, message, grant, Optional.of(Escape.toCluster(steps))));
    }

    private void addWithout(Severity severity, String value, String message, Grant grant) {
        found.add(item(severity, value, message, grant, Optional.empty()));
    }

    /** What the account may do, by that grant. What of its pods opens it is added where it is used. */
    static Reached item(Severity severity, String value, String message, Grant grant, Optional<Escape> escape) {
        return new Reached(
                Kind.API_RIGHT, severity, Optional.empty(), "", value, message + ", by " + grant.label(), escape);
    }
}

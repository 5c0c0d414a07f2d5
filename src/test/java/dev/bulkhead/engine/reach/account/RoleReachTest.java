package dev.bulkhead.engine.reach.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.engine.access.AccessRule;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Role;
import dev.bulkhead.engine.access.RoleBinding;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Exposures;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The account shop/web may write RoleBindings in every namespace. */
class RoleReachTest {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String ACCOUNT = RoleBinding.user(RoleBinding.userName("shop", "web"));
    private static final String OPERATOR = RoleBinding.user(RoleBinding.userName("tools", "operator"));

    private final List<Role> roles = new ArrayList<>();
    private final List<RoleBinding> bindings = new ArrayList<>();

    RoleReachTest() {
        role("cluster-admin", new AccessRule(List.of("*"), List.of("*"), List.of("*"), List.of()));
        role("runner", rule("create", "", "pods/exec"));
        role("tokens", rule("create", "", "serviceaccounts/token"));
    }

    private static AccessRule rule(String verb, String group, String resource, String... names) {
        return new AccessRule(List.of(verb), List.of(group), List.of(resource), List.of(names));
    }

    private void role(String name, AccessRule... rules) {
        roles.add(new Role("", name, List.of(rules)));
    }

    private void bind(String namespace, String role, String subject) {
        bindings.add(new RoleBinding(namespace, role + "-" + namespace, true, role, List.of(subject)));
    }

    private void writes(String verb) {
        role("writer", rule(verb, RBAC, "rolebindings"));
        bind("", "writer", ACCOUNT);
    }

    private ClusterAccess access(boolean privileged) {
        return new ClusterAccess(new AccessTable(roles, bindings, List.of()), name -> privileged, name -> false);
    }

    private static List<Reached> binds(ClusterAccess access) {
        return access.account("shop", "web").reached().stream()
                .filter(item -> item.value().equals("bind"))
                .toList();
    }

    private static List<String> firstSteps(ClusterAccess access) {
        return binds(access).stream()
                .flatMap(item -> item.escape().stream())
                .map(escape -> escape.to().label() + ": " + escape.steps().get(0))
                .toList();
    }

    @Test
    void bindsWhereItMayBindInOneNamespaceOnly() {
        writes("create");
        role("binder", rule("bind", RBAC, "clusterroles"));
        bind("", "cluster-admin", OPERATOR);
        assertThat(binds(access(true))).isEmpty();

        bind("tools", "binder", ACCOUNT);

        assertThat(firstSteps(access(true)))
                .containsExactly(
                        "cluster: binds its own account to ClusterRole cluster-admin in namespace tools (bind)");
    }

    @Test
    void bindsOneRoleWhereItMayBindThatOne() {
        writes("create");
        role("binder", rule("bind", RBAC, "clusterroles", "tokens"));
        bind("", "cluster-admin", OPERATOR);
        bind("tools", "binder", ACCOUNT);
        bind("mail", "binder", ACCOUNT);

        assertThat(firstSteps(access(true)))
                .containsExactly("cluster: binds its own account to ClusterRole tokens in namespace tools (bind)");
    }

    @Test
    void makesARoleWhereItMayEscalateInOneNamespaceOnly() {
        writes("create");
        role(
                "maker",
                new AccessRule(List.of("create", "escalate", "bind"), List.of(RBAC), List.of("roles"), List.of()));
        bind("", "cluster-admin", OPERATOR);
        bind("tools", "maker", ACCOUNT);

        assertThat(firstSteps(access(true)))
                .containsExactly(
                        "cluster: makes a Role with every right in namespace tools, and binds its own account to"
                                + " it (bind, escalate)");
    }

    @Test
    void bindsOneRoleWhereAPowerfulAccountIs() {
        writes("create");
        role("binder", rule("bind", RBAC, "clusterroles", "tokens"));
        bind("", "binder", ACCOUNT);
        assertThat(binds(access(true))).isEmpty();

        bind("", "cluster-admin", OPERATOR);

        assertThat(firstSteps(access(true)))
                .containsExactly("cluster: binds its own account to ClusterRole tokens in namespace tools (bind)");
    }

    @Test
    void bindsOneRoleWhereAPodGivesAToken() {
        writes("create");
        role("binder", rule("bind", RBAC, "clusterroles", "runner"));
        bind("", "binder", ACCOUNT);
        bind("", "cluster-admin", OPERATOR);

        ClusterAccess among = access(true)
                .among(List.of(new RunningWorkload(
                        "tools",
                        "Deployment operator",
                        Exposures.pods(
                                Yaml.tree("""
                                        apiVersion: v1
                                        kind: Pod
                                        metadata: {name: a, namespace: tools}
                                        spec:
                                          serviceAccountName: operator
                                          containers: [{name: a, image: a, volumeMounts: [{name: t, mountPath: /t}]}]
                                          volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
                                        """),
                                PolicySet.of(Profile.LEAST_PRIVILEGE),
                                ClusterCapabilities.NEWEST_MINOR))));

        assertThat(binds(among))
                .singleElement()
                .satisfies(item -> assertThat(item.escape())
                        .contains(Escape.toCluster(
                                "binds its own account to ClusterRole runner in namespace tools (bind)",
                                "runs commands in a pod of Deployment operator in namespace tools (pods/exec), and takes the"
                                        + " token of account tools/operator",
                                "uses it, which leads to every right")));
    }

    @Test
    void changesABindingWhereOneRefersToTheRole() {
        writes("patch");
        role("binder", rule("bind", RBAC, "clusterroles", "tokens"));
        bind("", "binder", ACCOUNT);
        bind("", "cluster-admin", OPERATOR);
        bind("mail", "tokens", OPERATOR);
        bind("", "tokens", RoleBinding.user("jane"));
        assertThat(binds(access(true))).isEmpty();

        bind("tools", "tokens", OPERATOR);

        assertThat(firstSteps(access(true)))
                .containsExactly("cluster: binds its own account to ClusterRole tokens in namespace tools (bind)");
    }

    @Test
    void oneRightForEveryNamespaceIsListedOnce() {
        writes("create");
        role("binder", rule("bind", RBAC, "clusterroles"));
        bind("", "binder", ACCOUNT);
        bind("mail", "binder", ACCOUNT);
        bind("tools", "tokens", ACCOUNT);
        bind("", "cluster-admin", OPERATOR);

        assertThat(firstSteps(access(true)))
                .containsExactly(
                        "cluster: binds its own account to ClusterRole cluster-admin in namespace tools (bind)");
    }
}

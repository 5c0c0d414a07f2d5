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
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The account shop/web may get into pods of the namespace tools: what it reaches depends on what runs there. */
class PodEntryTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: tools}
            spec:
              serviceAccountName: %s
              containers:
              - name: a
                image: a
                securityContext: {privileged: %s}
                volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
              volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
            """;

    private static ClusterAccess access(String verb, String resource, String namespace) {
        return new ClusterAccess(
                new AccessTable(
                        List.of(
                                role("given", List.of(verb), List.of(""), List.of(resource)),
                                role("cluster-admin", List.of("*"), List.of("*"), List.of("*"))),
                        List.of(
                                binding(namespace, "given", "shop", "web"),
                                binding("", "cluster-admin", "tools", "operator")),
                        List.of("tools/quiet")),
                name -> false,
                name -> false);
    }

    private static Role role(String name, List<String> verbs, List<String> groups, List<String> resources) {
        return new Role("", name, List.of(new AccessRule(verbs, groups, resources, List.of())));
    }

    private static RoleBinding binding(String namespace, String role, String accountNamespace, String account) {
        return new RoleBinding(
                namespace, "b", true, role, List.of(RoleBinding.user(RoleBinding.userName(accountNamespace, account))));
    }

    private static RunningWorkload running(String namespace, String name, String account, boolean privileged) {
        return new RunningWorkload(
                namespace,
                "Deployment " + name,
                Exposures.pods(
                        Yaml.tree(POD.formatted(account, privileged)),
                        PolicySet.of(Profile.LEAST_PRIVILEGE),
                        ClusterCapabilities.NEWEST_MINOR));
    }

    private static Optional<Escape> escape(ClusterAccess access) {
        return access.account("shop", "web").reached().stream()
                .flatMap(item -> item.escape().stream())
                .findFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "create, pods/exec, runs commands in",
        "get, pods/exec, runs commands in",
        "create, pods/attach, attaches to",
        "patch, pods/ephemeralcontainers, adds a container to",
        "update, pods/ephemeralcontainers, adds a container to",
        "patch, pods, changes the image of",
    })
    void takesTheTokenOfAPowerfulAccount(String verb, String resource, String does) {
        ClusterAccess access = access(verb, resource, "tools");
        assertThat(escape(access)).isEmpty();

        ClusterAccess among = access.among(List.of(
                running("tools", "harmless", "default", false), running("tools", "operator", "operator", false)));

        assertThat(escape(among))
                .contains(Escape.toCluster(
                        does + " a pod of Deployment operator in namespace tools (" + resource
                                + "), and takes the token of account tools/operator",
                        "uses it, which leads to every right"));
    }

    @ParameterizedTest
    @CsvSource({"create, pods/exec", "get, pods/exec", "patch, pods", "update, pods/ephemeralcontainers"})
    void namesTheVerbThatIsGranted(String verb, String resource) {
        for (String namespace : List.of("", "tools")) {
            assertThat(access(verb, resource, namespace).account("shop", "web").reached())
                    .filteredOn(item -> item.value().equals(resource))
                    .singleElement()
                    .satisfies(item -> assertThat(item.message()).contains("(" + verb + " " + resource + ")"));
        }
    }

    @Test
    void leavesAPrivilegedPodForTheNode() {
        ClusterAccess among = access("create", "pods/exec", "tools")
                .among(List.of(
                        running("tools", "harmless", "default", false), running("tools", "agent", "default", true)));

        Escape escape = escape(among).orElseThrow();
        assertThat(escape.to()).isEqualTo(Escape.Target.NODE);
        assertThat(escape.steps())
                .hasSizeGreaterThan(1)
                .first()
                .isEqualTo("runs commands in a pod of Deployment agent in namespace tools (pods/exec)");
    }

    @Test
    void podsElsewhereAndForwardedPortsGiveNothing() {
        List<RunningWorkload> running =
                List.of(running("other", "operator", "operator", true), running("tools", "harmless", "default", false));
        assertThat(escape(access("create", "pods/exec", "tools").among(running)))
                .isEmpty();

        List<RunningWorkload> there = List.of(running("tools", "operator", "operator", true));
        assertThat(escape(access("create", "pods/portforward", "tools").among(there)))
                .isEmpty();
        assertThat(escape(access("create", "pods/exec", "").among(there)))
                .map(Escape::to)
                .contains(Escape.Target.CLUSTER);
    }

    @Test
    void isTheSameObjectWhileNothingChanges() {
        ClusterAccess access = access("create", "pods/exec", "tools");
        assertThat(access.among(List.of(running("tools", "harmless", "default", false))))
                .isSameAs(access);

        ClusterAccess among = access.among(List.of(running("tools", "operator", "operator", false)));
        assertThat(among).isNotSameAs(access);
        assertThat(among.among(List.of(
                        running("shop", "harmless", "default", false),
                        running("tools", "operator", "operator", false))))
                .isSameAs(among);
        assertThat(escape(among.among(List.of()))).isEmpty();
    }
}

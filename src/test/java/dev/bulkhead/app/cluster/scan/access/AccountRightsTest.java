package dev.bulkhead.app.cluster.scan.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Grant;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.PodExposure;
import dev.bulkhead.engine.reach.Reach;
import dev.bulkhead.engine.reach.Reached;
import dev.bulkhead.engine.reach.account.ClusterAccess;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What roles and bindings, as the API server stores them, let the pods of an account reach. */
class AccountRightsTest {
    private static final Path CASES = Path.of("src/test/resources/reach/accounts/rights.yaml");

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec:
              serviceAccountName: web
              containers:
              - name: a
                image: a
                volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
              volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
            """;

    private final AccessInventory inventory = AccessInventory.bounded();
    private int uid;

    AccountRightsTest() {
        JsonNode all = Yaml.tree("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");
        role("", "cluster-admin", all);
        role(
                "",
                "system:controller:clusterrole-aggregation-controller",
                Yaml.tree(
                        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, patch]}]"));
        bind(
                "",
                "aggregation",
                "system:controller:clusterrole-aggregation-controller",
                "ServiceAccount",
                "kube-system",
                "clusterrole-aggregation-controller");
        bind("", "operator", "cluster-admin", "ServiceAccount", "tools", "operator");
        bind("", "root", "cluster-admin", "User", "", "root");
        bind("", "platform", "cluster-admin", "Group", "", "platform");
    }

    private void role(String namespace, String name, JsonNode rules) {
        ObjectNode role = object(namespace, name);
        role.set("rules", rules);
        inventory.put(namespace.isEmpty() ? AccessKind.CLUSTER_ROLE : AccessKind.ROLE, role);
    }

    private void bind(
            String namespace, String name, String role, String kind, String subjectNamespace, String subject) {
        ObjectNode binding = object(namespace, name);
        binding.putObject("roleRef").put("kind", "ClusterRole").put("name", role);
        ObjectNode to =
                binding.putArray("subjects").addObject().put("kind", kind).put("name", subject);
        if (!subjectNamespace.isEmpty()) {
            to.put("namespace", subjectNamespace);
        }
        inventory.put(namespace.isEmpty() ? AccessKind.CLUSTER_ROLE_BINDING : AccessKind.ROLE_BINDING, binding);
    }

    private ObjectNode object(String namespace, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = object.putObject("metadata").put("name", name).put("uid", "u" + uid++);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private static Namespace namespace(String name) {
        return name.equals("open")
                ? Namespace.named(name)
                : new Namespace(name, Map.of("pod-security.kubernetes.io/enforce", "baseline"));
    }

    private AccessTable table() {
        return inventory.table().orElseThrow();
    }

    private Reach reach(String object) {
        WorkloadEvaluation evaluation = new WorkloadEvaluation(
                PolicySet.of(Profile.PRIVILEGED),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Instant.EPOCH);
        PrivilegedPods privileged = new PrivilegedPods(name -> Optional.of(namespace(name)), evaluation, name -> true);
        PodExposure pods = PodExposure.of(List.of(evaluation.asStored(
                WorkloadKinds.builtIn().find(Field.root(Yaml.tree(object))).orElseThrow(),
                Namespace.named("shop"),
                Optional.empty())));
        return pods.reach("shop", Optional.of(new ClusterAccess(table(), privileged, privileged::dependsOnLabel)));
    }

    static List<JsonNode> rights() {
        List<JsonNode> cases = new ArrayList<>();
        Yaml.file(CASES).forEach(cases::add);
        return cases;
    }

    @ParameterizedTest
    @MethodSource
    void rights(JsonNode given) {
        String namespace = given.path("namespace").asText();
        role("", "given", given.path("rules"));
        bind(namespace, "given", "given", "ServiceAccount", "shop", "web");

        List<Reached> found = reach(POD).items().stream()
                .filter(item -> item.kind() == Reached.Kind.API_RIGHT)
                .toList();
        String first = found.stream()
                .findFirst()
                .map(item -> item.value() + " "
                        + item.escape()
                                .map(escape -> escape.to().label())
                                .orElse(item.severity().label()))
                .orElse("");

        assertThat(first)
                .as(given.path("name").asText())
                .isEqualTo(given.path("expect").asText());
        assertThat(found).allSatisfy(item -> {
            assertThat(item.path()).isEqualTo("/spec/volumes/0");
            assertThat(item.message()).contains("by ClusterRole given by ");
        });
    }

    @Test
    void theGroupOfAdministratorsIsListedOnce() {
        bind("", "masters", "cluster-admin", "Group", "", "system:masters");
        role(
                "",
                "given",
                Yaml.tree(
                        "[{apiGroups: [''], resources: [groups], resourceNames: ['system:masters'], verbs: [impersonate]},"
                                + " {apiGroups: [''], resources: [users], resourceNames: [jane], verbs: [impersonate]}]"));
        bind("", "given", "given", "ServiceAccount", "shop", "web");

        assertThat(reach(POD).items())
                .extracting(Reached::value)
                .filteredOn(value -> value.equals("impersonate groups"))
                .hasSize(1);
    }

    @Test
    void groupsOfServiceAccountsCount() {
        Access secrets = Access.to("get", "", "secrets");
        role("", "reader", Yaml.tree("[{apiGroups: [''], resources: [secrets], verbs: [get]}]"));
        assertThat(table().rightsOf("shop", "web").everywhere(secrets)).isEmpty();

        bind("", "b1", "reader", "Group", "", "system:serviceaccounts:other");
        bind("", "b2", "reader", "User", "", "system:serviceaccount:shop:db");
        assertThat(table().rightsOf("shop", "web").everywhere(secrets)).isEmpty();
        assertThat(table().rightsOf("shop", "db").everywhere(secrets)).isPresent();
        assertThat(table().rightsOf("other", "web").everywhere(secrets)).isPresent();

        for (String group : List.of("system:serviceaccounts:shop", "system:serviceaccounts", "system:authenticated")) {
            bind("", group, "reader", "Group", "", group);
            assertThat(table().rightsOf("shop", "web").grants())
                    .extracting(grant -> grant.binding())
                    .contains(group);
        }
        bind("", "b3", "reader", "Group", "", "system:unauthenticated");
        assertThat(table().rightsOf("shop", "web").grants()).hasSize(3);
    }

    @Test
    void aGroupMakesTheAccountsOfItsNamespacePowerful() {
        role("", "given", Yaml.tree("[{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}]"));
        bind("ci", "given", "given", "ServiceAccount", "shop", "web");
        assertThat(reach(POD).escape()).isEmpty();

        bind("", "ci", "cluster-admin", "Group", "", "system:serviceaccounts:ci");
        assertThat(reach(POD).escape().orElseThrow().steps().get(0))
                .isEqualTo("creates a token for account ci/default (serviceaccounts/token)");
    }

    @Test
    void whatGroupsHoldIsSharedByTheirAccounts() {
        role("", "reader", Yaml.tree("[{apiGroups: [''], resources: [secrets], verbs: [get]}]"));
        for (int i = 0; i < 300; i++) {
            bind("n" + i, "b", "reader", "Group", "", "system:authenticated");
        }
        bind("own", "b", "reader", "ServiceAccount", "shop", "web");
        AccessTable table = table();

        assertThat(table.rightsOf("shop", "a"))
                .isSameAs(table.rightsOf("shop", "b"))
                .isSameAs(table.rightsOf("mail", "c"));
        assertThat(table.rightsOf("shop", "web").own())
                .extracting(Grant::namespace)
                .containsExactly("own");
        assertThat(table.rightsOf("shop", "web").shared()).containsSame(table.rightsOf("shop", "a"));
        assertThat(table.rightsOf("shop", "web").in("n7", Access.to("get", "", "secrets")))
                .isPresent();
        assertThat(table.rightsOf("shop", "web").namespaces()).hasSize(301);

        Reach reach = reach(POD);
        assertThat(reach.items()).hasSize(100);
        assertThat(reach.items().size() + reach.omitted())
                .as("the token and 301 namespaces' Secrets")
                .isEqualTo(302);
    }

    @Test
    void namesSomeRolesAndCountsTheOthers() {
        role("", "quiet", Yaml.tree("[{apiGroups: [''], resources: [configmaps], verbs: [get]}]"));
        for (int i = 0; i < 20; i++) {
            bind("n" + i, "b", "quiet", "Group", "", "system:authenticated");
        }
        bind("n3", "own", "quiet", "ServiceAccount", "shop", "web");
        bind("own", "own", "quiet", "ServiceAccount", "shop", "web");

        assertThat(reach(POD).items())
                .singleElement()
                .satisfies(item -> assertThat(item.message())
                        .isEqualTo("has the token of service account shop/web, which holds quiet in own, quiet in n0,"
                                + " quiet in n1, quiet in n10, quiet in n11 and 16 more"));
    }

    @Test
    void roleOfANamespaceCountsThere() {
        role("shop", "reader", Yaml.tree("[{apiGroups: [''], resources: [secrets], verbs: [get]}]"));
        ObjectNode binding = object("shop", "b");
        binding.putObject("roleRef").put("kind", "Role").put("name", "reader");
        // Without a namespace the API server takes the binding's.
        binding.putArray("subjects").addObject().put("kind", "ServiceAccount").put("name", "web");
        inventory.put(AccessKind.ROLE_BINDING, binding);

        Access secrets = Access.to("get", "", "secrets");
        assertThat(table().rightsOf("shop", "web").in("shop", secrets)).isPresent();
        assertThat(table().rightsOf("shop", "web").in("other", secrets)).isEmpty();
        assertThat(table().rightsOf("shop", "web").everywhere(secrets)).isEmpty();
    }

    @Test
    void bindingWithoutItsRoleGivesNothing() {
        bind("", "b", "gone", "ServiceAccount", "shop", "web");

        assertThat(table().rightsOf("shop", "web").grants()).isEmpty();
    }

    @Test
    void podWithoutTokenReachesNothingByItsAccount() {
        bind("", "b", "cluster-admin", "ServiceAccount", "shop", "web");

        assertThat(reach(POD).escape()).isPresent();
        assertThat(reach(POD.replace(
                                "serviceAccountToken: {path: token}",
                                "serviceAccountToken: {path: token, audience: vault}"))
                        .items())
                .isEmpty();
        assertThat(reach(POD.replace("volumeMounts: [{name: t,", "volumeMounts: [{name: u,"))
                        .items())
                .isEmpty();
    }

    @Test
    void templateGetsTheTokenUnlessItOrItsAccountRefuses() {
        bind("", "b", "cluster-admin", "ServiceAccount", "shop", "web");
        String deployment = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: shop}
                spec:
                  template:
                    spec:
                      serviceAccountName: web
                      containers: [{name: a, image: a}]
                """;
        String refusing = deployment.replace(
                "serviceAccountName", "automountServiceAccountToken: false\n      serviceAccountName");
        String asking = deployment.replace(
                "serviceAccountName", "automountServiceAccountToken: true\n      serviceAccountName");
        assertThat(reach(deployment).escape()).isPresent();
        assertThat(reach(refusing).escape()).isEmpty();

        ObjectNode account = object("shop", "web").put("automountServiceAccountToken", false);
        inventory.put(AccessKind.SERVICE_ACCOUNT, account);
        assertThat(reach(deployment).escape()).isEmpty();
        assertThat(reach(asking).escape()).isPresent();

        inventory.put(AccessKind.SERVICE_ACCOUNT, account.deepCopy().put("automountServiceAccountToken", true));
        assertThat(reach(deployment).escape()).isPresent();
    }

    /** Of 105 things within reach those that the account may do displace others, which are listed where they are hidden. */
    @Test
    void namesNoRoleAndHidesNoOtherThingWhereRightsAreNotShown() {
        role("", "reader-of-bank", Yaml.tree("[{apiGroups: [''], resources: [secrets], verbs: [get, list]}]"));
        bind("bank", "b", "reader-of-bank", "ServiceAccount", "shop", "web");
        bind("", "all", "cluster-admin", "ServiceAccount", "shop", "web");
        StringBuilder secrets = new StringBuilder("    envFrom:\n");
        for (int i = 0; i < 99; i++) {
            secrets.append("    - {secretRef: {name: s").append(i).append("}}\n");
        }
        Reach whole = reach(POD.replace("    image: a\n", "    image: a\n" + secrets));
        assertThat(whole.items().toString()).contains("reader-of-bank in bank");
        assertThat(whole.omitted()).isPositive();

        Reach hidden = whole.withoutRights();

        assertThat(hidden.toString()).doesNotContain("bank").doesNotContain("cluster-admin");
        assertThat(hidden.rightsKnown()).isFalse();
        assertThat(hidden.omitted()).isZero();
        assertThat(hidden.items()).hasSize(100);
        assertThat(hidden.items().stream().filter(item -> item.kind() == Reached.Kind.API_TOKEN))
                .singleElement()
                .satisfies(token -> {
                    assertThat(token.message())
                            .isEqualTo("has the token of service account shop/web, whose rights are not known");
                    assertThat(token.severity()).isEqualTo(Severity.LOW);
                });
    }

    @Test
    void knowsNothingAsLongAsSomethingIsLeftOut() {
        AccessInventory small = new AccessInventory(500);
        ObjectNode role = object("", "r");
        role.set("rules", Yaml.tree("[{apiGroups: [''], resources: [secrets], verbs: [get]}]"));
        small.put(AccessKind.CLUSTER_ROLE, role);
        AccessTable before = small.table().orElseThrow();
        small.put(AccessKind.CLUSTER_ROLE, role.deepCopy());
        assertThat(small.table()).containsSame(before);

        ObjectNode other = object("", "s");
        other.set("rules", role.get("rules"));
        small.put(AccessKind.CLUSTER_ROLE, other);
        assertThat(small.table()).isEmpty();

        small.remove(role.at("/metadata/uid").asText());
        assertThat(small.table()).isEmpty();
        small.put(AccessKind.CLUSTER_ROLE, other);
        assertThat(small.table()).isPresent();
    }
}

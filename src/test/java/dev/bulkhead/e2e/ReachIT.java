package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.ScanRuntime;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Terms;
import dev.bulkhead.engine.access.Access;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.AccountRights;
import dev.bulkhead.engine.policy.DefaultPolicy;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What service accounts may do, compared with what a real API server says. */
@ExtendWith(ControlPlaneCondition.class)
class ReachIT {
    private static final String ROLES = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reach-mixed}
            rules:
            - {apiGroups: [""], resources: [secrets], resourceNames: [mine], verbs: [get, update]}
            - {apiGroups: [""], resources: [pods, "*/log"], verbs: [get, list]}
            - {apiGroups: [apps], resources: ["*"], verbs: [patch]}
            - {apiGroups: ["*"], resources: [nodes/proxy], verbs: ["*"]}
            - {nonResourceURLs: [/metrics], verbs: [get]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reach-part, labels: {reach: part}}
            rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, bind]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reach-whole}
            aggregationRule: {clusterRoleSelectors: [{matchLabels: {reach: part}}]}
            rules: []
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reach-own, namespace: shop}
            rules:
            - {apiGroups: [""], resources: [secrets, pods/exec, serviceaccounts/token], verbs: [get, list, create]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: reach-mixed}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reach-mixed}
            subjects: [{kind: ServiceAccount, name: mixed, namespace: shop}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: reach-whole}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reach-whole}
            subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccount:shop:whole"}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: reach-gone}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: gone}
            subjects: [{kind: ServiceAccount, name: mixed, namespace: shop}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reach-own, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reach-own}
            subjects: [{kind: ServiceAccount, name: own, namespace: default}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reach-group, namespace: kube-public}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:shop"}]
            """;

    private static final String POD = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %1$s, namespace: default}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s, namespace: default}
            spec:
              serviceAccountName: %1$s
              containers: [{name: app, image: nginxinc/nginx-unprivileged}]
            """;

    private static final List<String> VERBS = List.of("get", "list", "create", "patch", "escalate", "impersonate");

    private record Asked(String group, String resource, boolean namespaced) {}

    private static final List<Asked> RESOURCES = List.of(
            new Asked("", "secrets", true),
            new Asked("", "pods", true),
            new Asked("", "pods/exec", true),
            new Asked("", "pods/log", true),
            new Asked("", "serviceaccounts/token", true),
            new Asked("apps", "deployments", true),
            new Asked("apps", "deployments/scale", true),
            new Asked("", "nodes", false),
            new Asked("", "nodes/proxy", false),
            new Asked("", "users", false),
            new Asked("rbac.authorization.k8s.io", "clusterroles", false),
            new Asked("admissionregistration.k8s.io", "mutatingwebhookconfigurations", false));

    private static final List<List<String>> ACCOUNTS = List.of(
            List.of("shop", "mixed"),
            List.of("shop", "whole"),
            List.of("shop", "nobody"),
            List.of("default", "own"),
            List.of("kube-system", "clusterrole-aggregation-controller"),
            List.of("kube-system", "generic-garbage-collector"));

    @TempDir
    static Path directory;

    private static ControlPlane plane;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws IOException {
        plane = ControlPlane.start(Installed.programs(), directory);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(plane.kubeconfig())))
                .build();
        plane.apply(ROLES);
        ControlPlane.await(
                "the aggregated role",
                () -> !plane.get("clusterrole", "reach-whole").path("rules").isEmpty());
    }

    @AfterAll
    static void stop() {
        client.close();
        plane.close();
    }

    private static boolean isAllowed(List<String> account, Asked asked, String verb, String namespace, String name) {
        int slash = asked.resource().indexOf('/');
        SubjectAccessReview review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:" + account.get(0) + ":" + account.get(1))
                .withGroups(
                        "system:serviceaccounts", "system:serviceaccounts:" + account.get(0), "system:authenticated")
                .withNewResourceAttributes()
                .withGroup(asked.group())
                .withResource(slash < 0 ? asked.resource() : asked.resource().substring(0, slash))
                .withSubresource(slash < 0 ? "" : asked.resource().substring(slash + 1))
                .withVerb(verb)
                .withNamespace(namespace)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build();
        return Boolean.TRUE.equals(client.authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed());
    }

    @Test
    void rightsAreThoseThatTheApiServerGrants() throws IOException {
        AccessTable table = new ClusterReader(
                        client,
                        "bulkhead-system",
                        Optional.empty(),
                        Optional.empty(),
                        WorkloadKinds.builtIn(),
                        what -> {})
                .read(Instant.now())
                .access()
                .orElseThrow();

        List<String> differences = new ArrayList<>();
        int allowed = 0;
        for (List<String> account : ACCOUNTS) {
            AccountRights rights = table.rightsOf(account.get(0), account.get(1));
            for (Asked asked : RESOURCES) {
                for (String verb : VERBS) {
                    for (String namespace : asked.namespaced() ? List.of("", "shop", "kube-public") : List.of("")) {
                        for (String name : List.of("", "mine")) {
                            Access access = new Access(verb, asked.group(), asked.resource(), name);
                            boolean expected = isAllowed(account, asked, verb, namespace, name);
                            boolean found = namespace.isEmpty()
                                    ? rights.everywhere(access).isPresent()
                                    : rights.in(namespace, access).isPresent();
                            allowed += expected ? 1 : 0;
                            if (expected != found) {
                                differences.add(account + " " + access + " in \"" + namespace + "\": " + expected);
                            }
                        }
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(allowed).isGreaterThan(100);
    }

    @Test
    void watchFindsWhatTokensReachAsRolesChange() throws IOException {
        crds().forEach(plane::apply);
        plane.apply(POD.formatted("watched"));
        try (ScanRuntime scan = new ScanRuntime(
                client,
                new Terms(
                        Policy.builtIn(Profile.LEAST_PRIVILEGE, Mode.AUDIT),
                        DefaultPolicy.FALLBACK,
                        Set.of("bulkhead-system"),
                        Duration.ofDays(365)),
                WorkloadKinds.builtIn(),
                Set.of("kube-system", "bulkhead-system"),
                true,
                Optional.empty(),
                Optional.empty(),
                new ScanRuntime.RegistryAccess(false, false),
                Clock.systemUTC())) {
            scan.start();
            ControlPlane.await(
                    "its rights",
                    () -> watched(scan)
                            .filter(workload -> workload.reach().rightsKnown())
                            .isPresent());
            assertThat(watched(scan).orElseThrow().reach().escape()).isEmpty();

            String granting = "clusterrolebinding watched --clusterrole=cluster-admin --serviceaccount=default:watched";
            assertThat(plane.kubectl(Stream.concat(Stream.of("create"), Stream.of(granting.split(" ")))
                                    .toArray(String[]::new))
                            .exitCode())
                    .isZero();
            ControlPlane.await(
                    "a way to cluster-admin",
                    () -> watched(scan)
                            .flatMap(workload -> workload.reach().escapeTo(Escape.Target.CLUSTER))
                            .isPresent());

            assertThat(plane.kubectl("delete", "clusterrolebinding", "watched").exitCode())
                    .isZero();
            ControlPlane.await(
                    "no way to cluster-admin",
                    () -> watched(scan)
                            .filter(workload -> workload.reach().escape().isEmpty())
                            .isPresent());
        }
    }

    private static Optional<ScannedWorkload> watched(ScanRuntime scan) {
        return scan.last().stream()
                .flatMap(found -> found.workloads().stream())
                .filter(workload -> workload.id().name().equals("watched"))
                .findFirst();
    }

    private static List<String> crds() throws IOException {
        return Stream.of(Files.readString(Path.of("manifests/install.yaml")).split("\n---\n", -1))
                .filter(document -> document.contains("kind: CustomResourceDefinition"))
                .toList();
    }
}

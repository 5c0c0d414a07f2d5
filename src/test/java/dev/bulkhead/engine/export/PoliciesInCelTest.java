package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which policies and exemptions apply: the exported policies agree with the engine. */
class PoliciesInCelTest {
    private static final String REPLICA_SETS = "system:serviceaccount:kube-system:replicaset-controller";
    private static final String JOBS = "system:serviceaccount:kube-system:job-controller";

    private static final String TENANTS = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: tenants}
            spec:
              profile: baseline
              namespaceLabels: any
              match: {namespaceSelector: {matchLabels: {tier: tenant}}, excludeNamespaces: [quiet]}
            """;

    private static final String MARKED = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: marked}
            spec:
              profile: sandboxed
              namespaceLabels: ignore
              mode: warn
              match: {workloadSelector: {matchExpressions: [{key: app, operator: In, values: [web, api]}]}}
            """;

    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s, namespace: bulkhead-system}
            spec:
              reason: r
              owner: o
              expires: 2027-01-01T00:00:00Z
              match: {namespaces: [plain, tenant], workloads: [%s], containers: [a]}
              allow: [{rule: hostPathVolumes, values: [/proc]}, {rule: capabilities_restricted, values: ['*']}]
            """;

    private static final List<Namespace> NAMESPACES = List.of(
            new Namespace("plain", Map.of()),
            new Namespace("tenant", Map.of("tier", "tenant")),
            new Namespace("strict", Map.of("tier", "tenant", PolicySet.PROFILE_LABEL, "restricted")),
            new Namespace("loose", Map.of("tier", "tenant", PolicySet.PROFILE_LABEL, "privileged")),
            new Namespace("warned", Map.of("tier", "tenant", PolicySet.MODE_LABEL, "warn")),
            new Namespace("quiet", Map.of("tier", "tenant")));

    private static ObjectNode pod(String metadata) {
        return (ObjectNode) Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, %s}
                spec:
                  volumes: [{name: data, hostPath: {path: /proc}}]
                  containers:
                    - {name: a, image: a, volumeMounts: [{name: data, mountPath: /host, readOnly: true}]}
                    - {name: b, image: b, securityContext: {capabilities: {add: [SYS_ADMIN]}}}
                """.formatted(metadata));
    }

    private static PolicySet policies(String... documents) {
        PolicySet read = Evaluations.policies(documents);
        return new PolicySet(read.policies(), Optional.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)), read.exemptions());
    }

    private static void assertAlike(PolicySet policies, List<String> metadata, List<String> users) {
        CelComparison comparison = CelComparison.of(policies);
        for (Namespace namespace : NAMESPACES) {
            for (String made : metadata) {
                for (String user : users) {
                    String what = made + " in " + namespace.name() + " by " + user;
                    ObjectNode pod = pod(made);
                    comparison.compare(what, pod, namespace, user);
                    comparison.compare(what + ", Deployment", FixturesInCelTest.deployment(pod), namespace, user);
                }
            }
        }
        assertThat(comparison.differences()).isEmpty();
    }

    @Test
    void selectorsExclusionsAndTheFallback() {
        assertAlike(policies(TENANTS, MARKED), List.of("labels: {app: web}", "labels: {app: other}"), List.of("jane"));
    }

    @Test
    void exemptionsAreForWhatControllersOfKubernetesMake() {
        assertAlike(
                policies(
                        TENANTS,
                        EXEMPTION.formatted("deployment", "{kind: Deployment, name: web}"),
                        EXEMPTION.formatted("cron", "{kind: CronJob, name: nightly}")),
                List.of(
                        "labels: {pod-template-hash: abc},"
                                + " ownerReferences: [{kind: ReplicaSet, name: web-abc, controller: true}]",
                        "ownerReferences: [{kind: ReplicaSet, name: web-abc, controller: true}]",
                        "ownerReferences: [{kind: Job, name: nightly-123, controller: true}]",
                        "ownerReferences: [{kind: Job, name: nightly-x, controller: true}]",
                        "labels: {}"),
                List.of("jane", REPLICA_SETS, JOBS));
    }

    @Test
    void exemptionsStopApplyingWhenTheyExpire() {
        PolicySet policies = policies(EXEMPTION.formatted("named", "{kind: Pod, name: p}"));
        SecondLayer layer = SecondLayerExport.of(policies, Evaluations.CLUSTER, Evaluations.NOW, Set.of());
        CelPolicy deny = layer.policies().stream()
                .filter(policy -> policy.name().equals("bulkhead-built-in-deny"))
                .map(CelPolicy::new)
                .findFirst()
                .orElseThrow();
        Namespace namespace = new Namespace("plain", Map.of());

        assertThat(deny.violations(Request.creating(pod("labels: {}"), namespace, "jane", Evaluations.NOW)))
                .noneMatch(text -> text.startsWith("hostPathVolumes"));
        assertThat(deny.violations(
                        Request.creating(pod("labels: {}"), namespace, "jane", Instant.parse("2027-01-01T00:00:01Z"))))
                .anyMatch(text -> text.startsWith("hostPathVolumes: volume \"data\" (/proc): use a volume"));
    }

    @Test
    void nothingIsAskedAboutExcludedNamespaces() {
        SecondLayer layer =
                SecondLayerExport.of(policies(TENANTS), Evaluations.CLUSTER, Evaluations.NOW, Set.of("kube-system"));

        assertThat(layer.policies())
                .isNotEmpty()
                .allSatisfy(policy -> assertThat(policy.binding()
                                .at("/spec/matchResources/namespaceSelector")
                                .toString())
                        .contains("kube-system"));
    }

    @Test
    void twoExportsHaveTheSameNamesAndTexts() {
        PolicySet policies = policies(TENANTS, MARKED);

        assertThat(SecondLayerExport.of(policies, Evaluations.CLUSTER, Evaluations.NOW, Set.of("b", "a")))
                .isEqualTo(SecondLayerExport.of(
                        policies(TENANTS, MARKED), Evaluations.CLUSTER, Evaluations.NOW, Set.of("a", "b")));
    }
}

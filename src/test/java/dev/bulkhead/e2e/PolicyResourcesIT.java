package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies and exemptions as resources: what a platform team does with them, and what nobody else can. */
@ExtendWith(Installed.class)
class PolicyResourcesIT {
    /** It takes less than two seconds, which is told; but the machine that tests run on may be busy. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: %s}
            spec: {match: {namespaceSelector: {matchLabels: {tier: %s}}}, mode: %s}
            """;
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s, namespace: %s}
            spec:
              reason: reads what the host does
              owner: team-observability
              expires: %s
              match: {namespaces: [%s], workloads: [{kind: Pod, name: watcher}]}
              allow: [{rule: hostNamespaces, values: [hostPID]}]
            """;
    private static final String WATCHER = """
            apiVersion: v1
            kind: Pod
            metadata: {name: watcher, namespace: %s}
            spec: {hostPID: true, containers: [{name: app, image: "registry.example/app:1"}]}
            """;

    private final Site site;
    private final ControlPlane plane;

    PolicyResourcesIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    @BeforeAll
    static void namespaces(Site site) {
        for (String name : List.of("tenant", "excused", "late", "elsewhere", "tight", "labelled", "relabelled")) {
            site.plane().kubectl("create", "namespace", name);
        }
    }

    @AfterEach
    void onlyTheBuiltInPolicyIsLeft() {
        plane.kubectl("delete", "leastprivilegepolicies", "--all");
        plane.kubectl("delete", "exemptions", "--all-namespaces", "--all");
        ControlPlane.await("the built-in policy", () -> !isLetIn("elsewhere", WATCHER));
    }

    private boolean isLetIn(String namespace, String pod) {
        return plane.kubectlWith(pod.formatted(namespace), "create", "--dry-run=server", "-f", "-")
                        .exitCode()
                == 0;
    }

    /** By every replica: the balancer takes them in turn, the API server keeps connections. */
    private void awaitOnAllReplicas(String what, String metric, String value) {
        ControlPlane.await(
                what,
                SOON,
                () -> site.replicas().stream()
                        .allMatch(replica -> replica.metrics().contains(metric + " " + value)));
    }

    @Test
    void policiesTakeEffectWithinTwoSecondsOnBothReplicas() {
        plane.kubectl("label", "namespace", "tenant", "tier=tenant", "--overwrite");
        plane.apply(POLICY.formatted("tenants", "tenant", "enforce"));
        long applied = System.nanoTime();
        awaitOnAllReplicas("the policy", "bulkhead_policies", "1.0");
        System.out.printf(
                "A policy was in force on both replicas %d ms after it was applied.%n",
                (System.nanoTime() - applied) / 1_000_000);
        assertThat(isLetIn("tenant", WATCHER)).isFalse();

        plane.apply(POLICY.formatted("tenants", "tenant", "audit"));
        ControlPlane.await("that it only records", SOON, () -> isLetIn("tenant", WATCHER));
        for (int i = 0; i < 10; i++) {
            assertThat(isLetIn("elsewhere", WATCHER))
                    .as("the built-in policy goes on for the rest")
                    .isFalse();
        }

        plane.kubectl("delete", "leastprivilegepolicy", "tenants");
        awaitOnAllReplicas("that it is gone", "bulkhead_policies", "0.0");
        ControlPlane.await("the built-in one", SOON, () -> !isLetIn("tenant", WATCHER));
    }

    @Test
    void aNamespaceThatIsAMomentOldIsKnownByItsLabels() {
        plane.apply(POLICY.formatted("fresh", "fresh", "enforce"));
        awaitOnAllReplicas("the policy", "bulkhead_policies", "1.0");
        for (int i = 0; i < 10; i++) {
            String both = """
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: fresh-%d, labels: {tier: fresh}}
                    ---
                    """.formatted(i) + WATCHER.formatted("fresh-" + i);
            Run run = plane.kubectlWith(both, "apply", "-f", "-");
            assertThat(run.out()).contains("namespace/fresh-" + i + " created").doesNotContain("watcher");
            assertThat(run.err()).contains("Bulkhead refuses Pod \"watcher\"", "policy fresh");
        }
    }

    @Test
    void theExamplesAreAccepted() {
        for (String file : List.of("runtimeclasses.yaml", "policies.yaml", "exemptions.yaml", "driftwood")) {
            Run run = plane.kubectl("apply", "-f", "manifests/examples/" + file);
            assertThat(run.exitCode()).as(run.said()).isZero();
            assertThat(run.err()).isEmpty();
        }
        ControlPlane.await(
                "three policies", () -> plane.kubectl("get", "lpp").out().split("Active", -1).length == 4);
    }

    @Test
    void statusShowsWhatThePolicyMatches() {
        plane.kubectl("label", "namespace", "tenant", "tier=counted", "--overwrite");
        plane.apply(POLICY.formatted("counted", "counted", "audit"));

        ControlPlane.await(
                "its status",
                () -> plane.get("leastprivilegepolicy", "counted")
                        .at("/status/workloads")
                        .isInt());
        JsonNode status = plane.get("leastprivilegepolicy", "counted").path("status");
        assertThat(status.path("state").asText()).isEqualTo("Active");
        assertThat(status.path("namespaces").asInt()).isEqualTo(1);
        assertThat(status.path("builtInNamespaces").asInt()).isGreaterThan(1);
        assertThat(status.path("unevaluatedNamespaces").asInt(-1)).isZero();
        assertThat(plane.kubectl("get", "lpp").out()).contains("PROFILE", "MODE", "NAMESPACES", "WORKLOADS", "Active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "spec: {}", "spec: {match: {namespaceSelector: {matchLabels: {tier: plain}}}}"})
    void profileAndModeAreShownWhereThePolicySetsNone(String spec) {
        Run applied = plane.apply("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: plain}
                %s
                """.formatted(spec));

        assertThat(applied.err()).isEmpty();
        assertThat(plane.kubectl("get", "lpp", "--no-headers").out())
                .startsWith("plain   least-privilege   enforce   ");
    }

    @Test
    void explainShowsWhatAFieldMeansAndWhichValuesItTakes() {
        // The API server publishes the schema a moment after it serves the resource.
        ControlPlane.await("the schema", () -> plane.kubectl("explain", "lpp").exitCode() == 0);
        assertThat(plane.kubectl("explain", "lpp").out())
                .contains(
                        "What the workloads that it matches must comply with.", "What is required of which workloads.");
        assertThat(plane.kubectl("explain", "lpp.spec.mode").out())
                .contains("ENUM:", "audit", "enforce", "warn", "enforce applies the actions");
        assertThat(plane.kubectl("explain", "lpp.spec.match.namespaceSelector.matchExpressions.operator")
                        .out())
                .contains("ENUM:", "DoesNotExist");
        assertThat(plane.kubectl("explain", "exemptions.spec.match.workloads.kind")
                        .out())
                .contains("ENUM:", "StatefulSet");
    }

    @Test
    void wrongPoliciesAreRejectedByField() {
        String policy = POLICY.formatted("wrong", "x", "audit");
        for (List<String> wrong : List.of(
                List.of(policy.replace("audit", "adit"), "spec.mode"),
                List.of(policy.replace("mode: audit", "mod: audit"), "spec.mod"),
                List.of(policy.replace("mode: audit", "rules: {nonsense: {action: deny}}"), "/spec/rules/nonsense"),
                List.of(
                        policy.replace("mode: audit", "rules: {privileged: {action: harden}}"),
                        "/spec/rules/privileged/action"),
                List.of(
                        policy.replace("mode: audit", "user: {perNamespace: {first: 9, last: 3}}"),
                        "last is below first"),
                // The API server knows the field only as text; Bulkhead, where that is all there is, says to quote it.
                List.of(
                        policy.replace("mode: audit", "rules: {privileged: {action: off}}"),
                        "spec.rules.privileged.action"),
                List.of(
                        policy.replace("namespaceSelector: {matchLabels: {tier: x}}", "excludeNamespaces: [kube-*]"),
                        "spec.match.excludeNamespaces[0]"),
                List.of(
                        EXEMPTION.formatted("any", "bulkhead-system", "2027-01-01T00:00:00Z", "'*'"),
                        "spec.match.namespaces[0]"),
                List.of(
                        EXEMPTION
                                .formatted("rollout", "bulkhead-system", "2027-01-01T00:00:00Z", "a")
                                .replace("kind: Pod", "kind: Rollout"),
                        "spec.match.workloads[0].kind"),
                List.of(
                        EXEMPTION.formatted("late", "bulkhead-system", "2036-01-01T00:00:00Z", "a"),
                        "/spec/expires"))) {
            Run run = plane.kubectlWith(wrong.get(0), "apply", "-f", "-");
            assertThat(run.exitCode()).as(wrong.get(0)).isNotZero();
            assertThat(run.err()).contains(wrong.get(1));
        }
    }

    @Test
    void exemptionsCountWhereThePlatformTeamSaysAndNowhereElse() {
        String expires = Instant.now()
                .plus(30, ChronoUnit.DAYS)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        Run outside = plane.apply(EXEMPTION.formatted("own", "excused", expires, "excused"));
        assertThat(outside.err()).contains("it has no effect: exemptions count in namespace bulkhead-system only");
        ControlPlane.await(
                "its status",
                () -> plane.get("-n", "excused", "exemption", "own")
                        .at("/status/state")
                        .asText()
                        .equals("NotHonoured"));
        assertThat(isLetIn("excused", WATCHER)).isFalse();

        plane.apply(EXEMPTION.formatted("watcher", "bulkhead-system", expires, "excused"));
        awaitOnAllReplicas("the exemption", "bulkhead_exemptions{state=\"active\"}", "1.0");
        awaitOnAllReplicas(
                "when it expires", "bulkhead_exemptions_next_expiry_timestamp_seconds", Double.toString((double)
                        Instant.parse(expires).getEpochSecond()));
        ControlPlane.await("that it excuses", SOON, () -> isLetIn("excused", WATCHER));
        assertThat(isLetIn("elsewhere", WATCHER)).isFalse();
        plane.apply(WATCHER.formatted("excused"));

        ControlPlane.await(
                "that it tells so",
                () -> plane.get("-n", "bulkhead-system", "exemption", "watcher")
                        .at("/status/excused/excused~1Pod~1watcher/values/0")
                        .asText()
                        .equals("hostNamespaces=hostPID"));
        // This replica's, or the other one's, to write.
        ControlPlane.await(
                "its state",
                () -> plane.get("-n", "bulkhead-system", "exemption", "watcher")
                        .at("/status/state")
                        .asText()
                        .equals("Active"));
        assertThat(plane.get("-n", "bulkhead-system", "exemption", "watcher")
                        .at("/status/lastUsed")
                        .asText())
                .isNotEmpty();

        plane.kubectl("-n", "bulkhead-system", "delete", "exemption", "watcher");
        awaitOnAllReplicas("that it is gone", "bulkhead_exemptions{state=\"active\"}", "0.0");
        awaitOnAllReplicas("that none expires", "bulkhead_exemptions_next_expiry_timestamp_seconds", "NaN");
        assertThat(isLetIn("excused", WATCHER)).isFalse();
    }

    @Test
    void exemptionsEndByTheClock() {
        Instant soon = Instant.now().plusSeconds(15).truncatedTo(ChronoUnit.SECONDS);
        plane.apply(EXEMPTION.formatted("short", "bulkhead-system", soon.toString(), "late"));
        ControlPlane.await("that it excuses", SOON, () -> isLetIn("late", WATCHER));

        ControlPlane.await("its end", Duration.ofSeconds(30), () -> !isLetIn("late", WATCHER));

        assertThat(Instant.now()).isAfterOrEqualTo(soon);
        ControlPlane.await(
                "its status",
                () -> plane.get("-n", "bulkhead-system", "exemption", "short")
                        .at("/status/state")
                        .asText()
                        .equals("Expired"));
        // It excused nothing but dry runs.
        assertThat(plane.get("-n", "bulkhead-system", "exemption", "short")
                        .path("status")
                        .has("lastUsed"))
                .isFalse();
    }

    @Test
    void labelsOfANamespaceTightenAndCannotLoosen() {
        assertThat(isLetIn("tight", WATCHER.replace("hostPID: true, ", ""))).isTrue();
        plane.kubectl("label", "namespace", "tight", "bulkhead.dev/profile=sandboxed");
        ControlPlane.await(
                "the stricter profile", SOON, () -> !isLetIn("tight", WATCHER.replace("hostPID: true, ", "")));

        plane.kubectl("label", "namespace", "labelled", "bulkhead.dev/profile=privileged", "bulkhead.dev/mode=audit");
        for (int i = 0; i < 10; i++) {
            assertThat(isLetIn("labelled", WATCHER)).isFalse();
        }
    }

    @Test
    void namespaceLabelsCannotSwitchTheGateOff() {
        plane.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: labeller}
                rules: [{apiGroups: [""], resources: [namespaces], verbs: [get, patch, update]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: labeller}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: labeller}
                subjects: [{kind: User, name: mallory, apiGroup: rbac.authorization.k8s.io}]
                """);
        for (String label : List.of(
                "kubernetes.io/metadata.name=kube-system",
                "bulkhead.dev/profile=privileged",
                "bulkhead.dev/mode=audit",
                "bulkhead.dev/exclude=true",
                "app.kubernetes.io/name=bulkhead",
                "control-plane=true")) {
            plane.kubectl("label", "namespace", "labelled", label, "--overwrite", "--as=mallory");
            assertThat(isLetIn("labelled", WATCHER)).as(label).isFalse();
        }
        JsonNode labels = plane.get("namespace", "labelled").at("/metadata/labels");
        assertThat(labels.path("control-plane").asText()).isEqualTo("true");
        assertThat(labels.path("kubernetes.io/metadata.name").asText()).isEqualTo("labelled");
    }

    @Test
    void relabellingWarnsAboutExistingPods() {
        plane.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: relabelled}
                spec:
                  replicas: 3
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: "registry.example/web:1"}]}
                """);
        ControlPlane.await(
                "its pods",
                () -> plane.get("-n", "relabelled", "pods").path("items").size() == 3);

        Run run = plane.kubectl("label", "namespace", "relabelled", "bulkhead.dev/profile=sandboxed");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .contains("pods in \"relabelled\" would be denied if they were created again")
                .containsPattern("web-\\S+ \\(and 2 other pods\\): .*serviceAccountToken");
    }
}

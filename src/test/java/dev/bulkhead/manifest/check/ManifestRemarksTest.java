package dev.bulkhead.manifest.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WellKnownKinds;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.DocumentReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check says besides its verdicts: what is not evaluated, has no effect, or is rejected by every API server. */
class ManifestRemarksTest {
    private static Report check(String manifest) {
        ManifestCheck check = new ManifestCheck(
                WellKnownKinds.besides(WorkloadKinds.builtIn()),
                PolicySet.of(Profile.LEAST_PRIVILEGE),
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Instant.parse("2026-11-24T00:00:00Z"),
                "default");
        return check.run("m.yaml", manifest.getBytes(UTF_8), new DocumentReader(), 10_000, "least-privilege");
    }

    private static List<String> warnings(String manifest) {
        return check(manifest).warnings().stream()
                .map(ReportedProblem::describe)
                .toList();
    }

    private static String pod(String spec) {
        return "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n" + spec.indent(2);
    }

    @ParameterizedTest
    @CsvSource({
        "argoproj.io/v1alpha1, Rollout",
        "serving.knative.dev/v1, Service",
        "apps.kruise.io/v1beta1, StatefulSet",
        "apps.openshift.io/v1, DeploymentConfig"
    })
    void kindsOfWidelyUsedProjectsAreEvaluated(String apiVersion, String kind) {
        Report report = check("""
                apiVersion: %s
                kind: %s
                metadata: {name: web}
                spec:
                  template:
                    spec:
                      hostNetwork: true
                      containers: [{image: x}]
                """.formatted(apiVersion, kind));

        assertThat(report.workloads())
                .singleElement()
                .satisfies(workload -> assertThat(workload.verdict()).isEqualTo(Outcome.DENIED));
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void aWellKnownKindWithoutATemplateHoldsNoPod() {
        Report report = check("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web},"
                + " spec: {workloadRef: {kind: Deployment, name: web}}}");

        assertThat(report.others()).isEqualTo(1);
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void anUnknownKindIsRecognisedByItsShape() {
        Report report = check("""
                apiVersion: example.com/v1
                kind: Worker
                spec:
                  pool:
                    pods:
                      spec: {containers: [{name: c, image: x}]}
                """);

        assertThat(report.others()).isZero();
        assertThat(report.warnings())
                .extracting(ReportedProblem::describe)
                .containsExactly(
                        "m.yaml:5:5: not evaluated: Worker of example.com/v1 holds a pod template, and the kind"
                                + " is unknown; evaluate it with --workload-kind example.com/Worker=/spec/pool/pods");
    }

    @Test
    void aTemplateInAListOrAtTheRootIsNamedWithoutAnOption() {
        assertThat(
                        warnings(
                                "{apiVersion: e.com/v1, kind: Job, spec: {tasks: [{template: {spec: {containers: [{image: x}]}}}]}}"))
                .singleElement()
                .asString()
                .startsWith("m.yaml:1:51: not evaluated")
                .endsWith("evaluate what its controller makes of it");
        assertThat(warnings("{apiVersion: e.com/v1, kind: Job, spec: {containers: [{image: x}]}}"))
                .singleElement()
                .asString()
                .endsWith("evaluate what its controller makes of it");
    }

    @Test
    void aKindInTheWrongCaseIsPointedOut() {
        assertThat(warnings("{apiVersion: v1, kind: pod, spec: {hostNetwork: true}}"))
                .containsExactly("m.yaml:1:18: not evaluated: v1 has no kind pod; did you mean Pod?");
        assertThat(warnings("{apiVersion: apps/v1, kind: Daemonset}"))
                .singleElement()
                .asString()
                .contains("DaemonSet?");
    }

    @Test
    void whatOnlyResemblesAPodIsNoTemplate() {
        Report report = check("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                spec: {versions: [{schema: {properties: {spec: {properties: {containers: {type: array}}}}}}]}
                ---
                apiVersion: v1
                kind: ConfigMap
                data: {pod: "spec: {containers: [{image: x}]}"}
                """);

        assertThat(report.others()).isEqualTo(2);
        assertThat(report.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hostPid: true\\ncontainers: [{name: c}]                         | 5:3: unknown field \"hostPid\" has no effect; did you mean hostPID?",
                "containers: [{name: c, securityContext: {runAsNonroot: true}}]  | 5:44: unknown field \"runAsNonroot\" has no effect; did you mean runAsNonRoot?",
                "securityContext: {privileged: true}\\ncontainers: [{name: c}]    | 5:21: unknown field \"privileged\" has no effect; it is a field of a container's securityContext",
                "containers: [{name: c, hostNetwork: true}]                      | 5:26: unknown field \"hostNetwork\" has no effect; it is a field of the pod's spec",
                "volumes: [{name: v, hostpath: {path: /}}]\\ncontainers: [{name: c}] | 5:23: unknown field \"hostpath\" has no effect; did you mean hostPath?",
                "containers: [{name: c, quite: other}]                           | 5:26: unknown field \"quite\" has no effect"
            })
    void misspeltFieldsArePointedOut(String spec, String warning) {
        assertThat(warnings(pod(spec.replace("\\n", "\n")))).containsExactly("m.yaml:" + warning);
    }

    @Test
    void rejectedValuesOfOnePodAreBounded() {
        Report report = check(pod("securityContext: {supplementalGroups: [" + "-1, ".repeat(5_000)
                + "-1]}\ncontainers: [{name: c, image: x}]"));

        assertThat(report.problems()).hasSize(20);
    }

    /** The way to each of many places is kept once, however long the names on it are. */
    @Test
    void theSearchForTemplatesTakesMemoryForWhatThereIs() {
        String manifest = "{\"apiVersion\": \"e.com/v1\", \"kind\": \"Job\", \"spec\": {\"" + "k".repeat(100_000)
                + "\": [" + "{}, ".repeat(50_000)
                + "{\"template\": {\"spec\": {\"containers\": [{\"image\": \"x\"}]}}}]}}";

        assertThat(warnings(manifest)).singleElement().asString().contains("not evaluated");
    }

    @Test
    void warningsAboutOnePodAreBounded() {
        StringBuilder spec = new StringBuilder("containers: [{name: c}]\n");
        for (int i = 0; i < 5_000; i++) {
            spec.append("field").append(i).append(": x\n");
        }
        assertThat(warnings(pod(spec.toString()))).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "securityContext: {runAsUser: -1}",
                "securityContext: {runAsUser: 4294967296}",
                "securityContext: {runAsGroup: 2147483648}",
                "securityContext: {fsGroup: -1}",
                "securityContext: {supplementalGroups: [1, -2]}",
                "securityContext: {seccompProfile: {type: runtimeDefault}}",
                "securityContext: {seccompProfile: {localhostProfile: x.json}}",
                "securityContext: {seccompProfile: {type: Localhost}}",
                "securityContext: {appArmorProfile: {type: RuntimeDefault, localhostProfile: x}}",
                "restartPolicy: always",
                "os: {name: Linux}"
            })
    void whatEveryApiServerRejectsIsAnError(String line) {
        Report report = check(pod(line + "\ncontainers: [{name: c, image: x}]"));

        assertThat(report.workloads()).allMatch(found -> found.verdict() == Outcome.DENIED);
        assertThat(report.problems())
                .singleElement()
                .extracting(ReportedProblem::describe)
                .asString()
                .startsWith("m.yaml:5:")
                .contains("the API server rejects this");
    }

    @Test
    void aValueOfTheWrongTypeIsOneError() {
        Report report = check(pod("securityContext: {fsGroup: 1.5}\ncontainers: [{name: c, image: x}]"));

        assertThat(report.workloads()).isEmpty();
        assertThat(report.problems())
                .singleElement()
                .extracting(ReportedProblem::message)
                .asString()
                .contains("expected a whole number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "securityContext: {runAsUser: 4294967296}",
                "securityContext: {procMount: unmasked}",
                "securityContext: {allowPrivilegeEscalation: false, privileged: true}",
                "securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}",
                "ports: [{containerPort: 0}]",
                "ports: [{containerPort: 80, hostPort: 65536}]",
                "imagePullPolicy: always"
            })
    void theSameOfContainers(String line) {
        boolean denied = line.contains("privileged")
                || line.contains("add:")
                || line.contains("procMount")
                || line.contains("hostPort");
        for (String containers : List.of("containers", "initContainers")) {
            String others = containers.equals("containers") ? "" : "containers: [{name: d, image: x}]\n";
            Report report = check(pod(others + containers + ":\n- name: c\n  image: x\n  " + line));

            assertThat(report.workloads()).hasSize(denied ? 1 : 0).allMatch(found -> found.verdict() == Outcome.DENIED);
            assertThat(report.problems()).hasSize(1);
        }
    }

    @Test
    void whatTheApiServerAcceptsIsNoError() {
        Report report = check(pod("""
                restartPolicy: ""
                securityContext:
                  runAsUser: 2147483647
                  runAsGroup: 0.0
                  fsGroup: 0
                  fsGroupChangePolicy: OnRootMismatch
                  supplementalGroups: [0]
                  seccompProfile: {type: Localhost, localhostProfile: ""}
                containers:
                - name: c
                  image: x
                  imagePullPolicy: ""
                  ports: [{containerPort: 1, hostPort: 0}]
                  securityContext: {allowPrivilegeEscalation: false, procMount: Default}
                """));

        assertThat(report.problems()).isEmpty();
        assertThat(report.workloads()).hasSize(1);
    }
}

package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real API server with exported static manifests: it enforces them with no webhook and no policy object. */
@ExtendWith(ControlPlaneCondition.class)
class StaticManifestsIT {
    private static final String PRIVILEGED = """
            {apiVersion: v1, kind: Pod, metadata: {name: privileged, namespace: NAMESPACE}, spec: {containers: [
              {name: a, image: a, securityContext: {privileged: true}}]}}
            """;

    private static final String HARDENED = """
            {apiVersion: v1, kind: Pod, metadata: {name: hardened, namespace: default}, spec: {
              automountServiceAccountToken: false,
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}},
              containers: [{name: a, image: a, securityContext: {
                allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}]}}
            """;

    @TempDir
    static Path directory;

    private static ControlPlane plane;
    private static Path manifests;

    @BeforeAll
    static void start() throws IOException {
        plane = ControlPlane.start(Installed.programs(), directory);
        manifests = directory.resolve("admission");
        export("least-privilege");
        plane.restartApiServerWith("--admission-control-config-file=" + manifests.resolve("admission.yaml"));
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static void export(String profile) {
        Run run = Processes.run(
                Map.of(),
                "",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "export",
                "vap",
                "--static",
                "--profile",
                profile,
                "--output-dir",
                manifests.toString(),
                "--node-dir",
                manifests.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static Run create(String pod, String namespace) {
        return plane.kubectlWith(
                "---\n" + pod.replace("NAMESPACE", namespace), "create", "--dry-run=server", "-f", "-");
    }

    @Test
    void deniesWithNoWebhookAndNoPolicyObject() {
        Run privileged = create(PRIVILEGED, "default");

        assertThat(privileged.exitCode()).isNotZero();
        assertThat(privileged.err())
                .contains("ValidatingAdmissionPolicy 'bulkhead-built-in-deny.static.k8s.io'")
                .contains("privileged");
        Run hardened = create(HARDENED, "default");
        assertThat(hardened.exitCode()).as(hardened.err()).isZero();
        for (String kind : List.of(
                "validatingadmissionpolicies",
                "validatingadmissionpolicybindings",
                "mutatingadmissionpolicies",
                "mutatingadmissionpolicybindings",
                "validatingwebhookconfigurations",
                "mutatingwebhookconfigurations")) {
            assertThat(plane.get(kind).path("items")).as(kind).isEmpty();
        }
    }

    @Test
    void fillsInWithNoPolicyObject() throws IOException {
        Run created = plane.kubectlWith("""
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: filled, namespace: default}, spec: {containers: [
                  {name: a, image: a, securityContext: {readOnlyRootFilesystem: true}}]}}
                """, "create", "--dry-run=server", "-o", "json", "-f", "-");

        assertThat(created.exitCode()).as(created.err()).isZero();
        JsonNode spec = new ObjectMapper().readTree(created.out()).path("spec");
        assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(spec.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(spec.at("/containers/0/securityContext/capabilities/drop/0").asText())
                .isEqualTo("ALL");
        assertThat(spec.at("/containers/0/securityContext/allowPrivilegeEscalation")
                        .asText())
                .isEqualTo("false");
    }

    @Test
    void cannotBeDeletedThroughTheApi() {
        Run one = plane.kubectl("delete", "validatingadmissionpolicy", "bulkhead-built-in-deny.static.k8s.io");
        assertThat(one.err()).contains("NotFound");
        plane.kubectl("delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", "--all");

        assertThat(create(PRIVILEGED, "default").exitCode()).isNotZero();
    }

    @Test
    void leavesExcludedNamespacesAlone() {
        Run privileged = create(PRIVILEGED, "kube-system");

        assertThat(privileged.err()).doesNotContain("ValidatingAdmissionPolicy");
    }

    @Test
    void readsChangedFilesWithoutARestart() throws IOException {
        String before = Files.readString(manifests.resolve("validating/bulkhead.yaml"));
        try {
            export("baseline");
            ControlPlane.await(
                    "the new policies",
                    Duration.ofMinutes(3),
                    () -> create(PRIVILEGED, "default").err().contains("bulkhead-built-in-levels-deny"));
        } finally {
            export("least-privilege");
            assertThat(Files.readString(manifests.resolve("validating/bulkhead.yaml")))
                    .isEqualTo(before);
            ControlPlane.await(
                    "the former policies",
                    Duration.ofMinutes(3),
                    () -> create(PRIVILEGED, "default").err().contains("bulkhead-built-in-deny"));
        }
    }
}

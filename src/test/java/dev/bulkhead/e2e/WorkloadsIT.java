package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What users of a cluster see of Bulkhead: at {@code kubectl apply}, and of their workloads afterwards. */
@ExtendWith(Installed.class)
class WorkloadsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CARELESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: careless, namespace: %s}
            spec:
              automountServiceAccountToken: false
              initContainers:
                - {name: prepare, image: "registry.example/prepare:1"}
              containers:
                - {name: web, image: "registry.example/web:1", ports: [{containerPort: 8080}]}
            """;
    private static final String SAFE = "terminationGracePeriodSeconds: 5";
    private static final String UNSAFE = "hostNetwork: true";
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: %s}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  %s
                  containers:
                    - {name: web, image: "registry.example/web:1"}
            """;

    private final ControlPlane plane;

    WorkloadsIT(Site site) {
        this.plane = site.plane();
    }

    @BeforeAll
    static void namespaces(Site site) {
        for (String name : List.of("driftwood", "pods", "deployments", "debug", "old", "beside")) {
            site.plane().kubectl("create", "namespace", name);
        }
    }

    @Test
    void worstCaseIsRejectedWithTheWholeMessage() throws IOException {
        String worst = Files.readString(Path.of("docs/driftwood/0-worst-case.yaml"));

        Run run = plane.kubectlWith(worst, "apply", "-f", "-");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err())
                .contains("admission webhook \"validate.bulkhead.dev\" denied the request: Bulkhead refuses")
                .contains(
                        "- hostPathVolumes: ",
                        "- privileged: ",
                        "- allowPrivilegeEscalation: ",
                        "- runAsNonRoot: ",
                        "- runAsUser: ",
                        "- runtimeSocket: ",
                        "- writableHostPath: ")
                .contains("7 findings.", "\n  at /spec/template/spec/volumes/0/hostPath\n  fix: remove the volume")
                .contains("Why, and how to fix it: `bulkhead explain ");
    }

    @Test
    void whatIsStoredIsWhatTheCommandLineWouldMake() throws IOException {
        // A namespace that is not evaluated shows what the API server makes of it before it asks Bulkhead.
        Run defaulted = plane.kubectlWith(
                CARELESS.formatted("kube-system"), "create", "--dry-run=server", "-o", "json", "-f", "-");
        ObjectNode before = (ObjectNode) JSON.readTree(defaulted.out());
        ((ObjectNode) before.path("metadata")).put("namespace", "pods");

        plane.apply(CARELESS.formatted("pods"));

        JsonNode stored = plane.get("-n", "pods", "pod", "careless");
        JsonNode expected = JsonPatch.apply(patchFor(before), before);
        // The field is alpha in 1.37, and the API server drops it where its feature gate is off.
        expected.at("/spec/volumes").forEach(volume -> ((ObjectNode) volume.path("emptyDir")).remove("mode"));
        assertThat(stored.path("spec")).isEqualTo(expected.path("spec"));
        assertThat(stored.at("/metadata/annotations/bulkhead.dev~1hardened").asText())
                .isEqualTo(expected.at("/metadata/annotations/bulkhead.dev~1hardened")
                        .asText())
                .contains("readOnlyRootFilesystem");
    }

    @Test
    void theVolumeOfAClaimIsEvaluated() {
        plane.apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: runtime}
                spec:
                  accessModes: [ReadWriteOnce]
                  capacity: {storage: 1Gi}
                  hostPath: {path: /run/containerd}
                  claimRef: {namespace: pods, name: data}
                """);
        String claiming = """
                apiVersion: v1
                kind: Pod
                metadata: {name: claiming, namespace: pods}
                spec:
                  automountServiceAccountToken: false
                  containers:
                    - name: web
                      image: "registry.example/web:1"
                      volumeMounts: [{name: data, mountPath: /data}]
                  volumes:
                    - {name: data, persistentVolumeClaim: {claimName: data}}
                """;

        ControlPlane.await(
                "a verdict on the volume",
                () -> plane.kubectlWith(claiming, "create", "--dry-run=server", "-f", "-")
                        .err()
                        .contains("claim \"data\", whose PersistentVolume is hostPath /run/containerd"));
        plane.kubectl("delete", "persistentvolume", "runtime");
        ControlPlane.await(
                "the volume to be forgotten",
                () -> plane.kubectlWith(claiming, "create", "--dry-run=server", "-f", "-")
                                .exitCode()
                        == 0);
    }

    private static JsonNode patchFor(ObjectNode pod) throws IOException {
        ObjectNode review = JSON.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request");
        request.put("uid", "1")
                .put("operation", "CREATE")
                .put("namespace", "pods")
                .put("name", "careless");
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.set("object", pod);
        Run run = Processes.run(
                Map.of(),
                review.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/quarkus-app/quarkus-run.jar",
                "review",
                "--mutate");
        String patch = JSON.readTree(run.out()).at("/response/patch").asText();
        assertThat(patch).as(run.said()).isNotEmpty();
        return JSON.readTree(Base64.getDecoder().decode(patch));
    }

    @Test
    void deploymentsAreEvaluatedAtApplyAndTheirPodsAreHardened() {
        Run bad = plane.kubectlWith(DEPLOYMENT.formatted("deployments", UNSAFE), "apply", "-f", "-");
        assertThat(bad.exitCode()).isNotZero();
        assertThat(bad.err()).contains("Bulkhead refuses Deployment \"web\"", "hostNamespaces");

        plane.apply(DEPLOYMENT.formatted("deployments", SAFE));
        ControlPlane.await("two pods", () -> pods().size() == 2);
        for (JsonNode pod : pods()) {
            assertThat(pod.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/spec/containers/0/securityContext/readOnlyRootFilesystem")
                            .asBoolean())
                    .isTrue();
        }
        JsonNode deployment = plane.get("-n", "deployments", "deployment", "web");
        assertThat(deployment.at("/spec/template/spec/securityContext")).isEmpty();

        assertThat(plane.apply(DEPLOYMENT.formatted("deployments", SAFE)).out()).contains("unchanged");
        assertThat(generationAfterMoreApplying("deployments"))
                .as("nobody changes what was applied, so that nobody fights about it")
                .isEqualTo(generationAfterMoreApplying("kube-system"));
        assertThat(pods()).hasSize(2);
    }

    /** Twice more by the server, which is the same where nothing is evaluated. */
    private int generationAfterMoreApplying(String namespace) {
        plane.apply(DEPLOYMENT.formatted(namespace, SAFE));
        for (int i = 0; i < 2; i++) {
            plane.apply(DEPLOYMENT.formatted(namespace, SAFE), "--server-side", "--force-conflicts");
        }
        return plane.get("-n", namespace, "deployment", "web")
                .at("/metadata/generation")
                .asInt();
    }

    private List<JsonNode> pods() {
        List<JsonNode> pods = new ArrayList<>();
        plane.get("-n", "deployments", "pods").path("items").forEach(pods::add);
        return pods;
    }

    @Test
    void debugContainersAreHardenedAndPrivilegedOnesRefused() {
        plane.apply(CARELESS.formatted("debug"));

        Run harmless = plane.kubectl(
                "-n",
                "debug",
                "debug",
                "careless",
                "--image=nginxinc/nginx-unprivileged",
                "-c",
                "look",
                "--attach=false",
                "--profile=baseline");
        assertThat(harmless.exitCode()).as(harmless.said()).isZero();
        JsonNode added = plane.get("-n", "debug", "pod", "careless").at("/spec/ephemeralContainers/0/securityContext");
        assertThat(added.path("allowPrivilegeEscalation").isBoolean())
                .as(added.toString())
                .isTrue();
        assertThat(added.path("allowPrivilegeEscalation").asBoolean()).isFalse();
        assertThat(added.path("readOnlyRootFilesystem").asBoolean()).isTrue();

        Run privileged = plane.kubectl(
                "-n",
                "debug",
                "debug",
                "careless",
                "--image=nginxinc/nginx-unprivileged",
                "-c",
                "own",
                "--attach=false",
                "--profile=sysadmin");
        assertThat(privileged.exitCode()).isNotZero();
        assertThat(privileged.said()).contains("privileged");
        assertThat(plane.get("-n", "debug", "pod", "careless").at("/spec/ephemeralContainers"))
                .hasSize(1);
    }

    @Test
    void oldWorkloadsThatViolateCanBeRunAndCleanedUp() {
        plane.apply("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: all-but-old}
                spec: {match: {excludeNamespaces: [old]}}
                """);
        ControlPlane.await(
                "that nothing is demanded in old",
                () -> plane.kubectlWith(DEPLOYMENT.formatted("old", UNSAFE), "apply", "-f", "-")
                                .exitCode()
                        == 0);
        plane.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: strong, namespace: old, finalizers: [example.com/wait]}
                spec: {hostPID: true, containers: [{name: app, image: "registry.example/app:1"}]}
                """);
        plane.kubectl("delete", "leastprivilegepolicy", "all-but-old");
        ControlPlane.await(
                "that Bulkhead enforces again",
                () -> plane.kubectl(
                                        "-n",
                                        "old",
                                        "run",
                                        "try",
                                        "--image=nginxinc/nginx-unprivileged",
                                        "--privileged",
                                        "--dry-run=server")
                                .exitCode()
                        != 0);

        for (List<String> command : List.of(
                List.of("scale", "deployment/web", "--replicas=1"),
                List.of("label", "deployment/web", "colour=blue"),
                List.of("annotate", "pod/strong", "note=old"),
                List.of("label", "pod/strong", "colour=blue"),
                List.of("delete", "pod/strong", "--wait=false"),
                List.of("patch", "pod/strong", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}"),
                List.of("delete", "deployment/web", "--wait=false"))) {
            List<String> all = new ArrayList<>(List.of("-n", "old"));
            all.addAll(command);
            Run run = plane.kubectl(all.toArray(String[]::new));
            assertThat(run.exitCode()).as(command + ": " + run.said()).isZero();
        }
        ControlPlane.await(
                "that it is gone",
                () -> plane.kubectl("-n", "old", "get", "pod", "strong").exitCode() != 0);
    }

    @Test
    void podSecurityAcceptsWhatTheGateHardens() {
        plane.kubectl("label", "namespace", "beside", "pod-security.kubernetes.io/enforce=restricted");

        plane.apply(CARELESS.formatted("beside"));

        assertThat(plane.get("-n", "beside", "pod", "careless")
                        .at("/metadata/name")
                        .asText())
                .isEqualTo("careless");
    }
}

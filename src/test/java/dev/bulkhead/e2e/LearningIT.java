package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the console's process learns from pods, and what the webhook makes of it. The tests stand in for kubelets. */
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearningIT {
    private static final String NAMESPACE = "learning";
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %s, namespace: learning}
            spec:
              replicas: 1
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec: {containers: [{name: app, image: "%s"}]}
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: %s}
            spec: {containers: [{name: app, image: "%s"}]}
            """;

    private final Site site;
    private final ControlPlane plane;
    private final Replica console;

    LearningIT(Site site) throws IOException {
        this.site = site;
        this.plane = site.plane();
        this.console = Replica.start(
                plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "learning-console", Map.of());
    }

    @BeforeAll
    void namespace() {
        plane.kubectl("create", "namespace", NAMESPACE);
        ControlPlane.await("the console", console::isReady);
    }

    @AfterAll
    void close() {
        plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false");
        plane.kubectl("-n", "kube-system", "delete", "pods", "named", "rooted", "--force", "--grace-period=0");
        console.close();
    }

    private void patchStatus(String namespace, String pod, String containerStatus) {
        Run run = plane.kubectl(
                "-n",
                namespace,
                "patch",
                "pod",
                pod,
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\": {\"containerStatuses\": [" + containerStatus + "]}}");
        assertThat(run.exitCode()).as(run.said()).isZero();
    }

    /** A pod that Bulkhead does not see, because it is in kube-system, runs as its image says. */
    private void runs(String pod, String image, long uid) {
        plane.apply(POD.formatted(pod, "kube-system", image));
        patchStatus("kube-system", pod, """
                {"name": "app", "ready": true, "restartCount": 0, "image": "%s", "imageID": "%s@sha256:%s",
                 "containerID": "containerd://1", "state": {"running": {}},
                 "user": {"linux": {"uid": %d, "gid": %d, "supplementalGroups": [%d]}}}
                """.formatted(
                        image, image.substring(0, image.lastIndexOf(':')), digest(uid), uid, uid, uid));
    }

    private static String digest(long uid) {
        return Long.toHexString(uid).repeat(64).substring(0, 64);
    }

    private JsonNode created(String image) {
        Run run = plane.kubectlWith(
                POD.formatted("probe", NAMESPACE, image), "create", "--dry-run=server", "-o", "json", "-f", "-");
        return run.exitCode() == 0 ? Yaml.tree(run.out()) : Yaml.tree("{}");
    }

    private JsonNode podOf(String app) {
        return plane.get("-n", NAMESPACE, "pods", "-l", "app=" + app).path("items");
    }

    @Test
    void userThatAPodRunsAsIsFilledInForTheNextOne() {
        String image = "registry.example/named:1";
        JsonNode before = created(image);
        assertThat(before.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(before.at("/spec/securityContext").has("runAsUser")).isFalse();

        runs("named", image, 4321);

        ControlPlane.await(
                "the record",
                () -> plane.get("-n", Replica.NAMESPACE, "configmap", "bulkhead-images")
                        .at("/data/images")
                        .asText()
                        .contains("\nregistry.example/named:1 running "));
        ControlPlane.await(
                "that it is filled in",
                () -> created(image).at("/spec/securityContext/runAsUser").asLong() == 4321);
        assertThat(created(image).at("/spec/securityContext"))
                .isEqualTo(
                        Yaml.tree(
                                "{runAsUser: 4321, runAsGroup: 4321, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"));
        assertThat(created("registry.example/named@sha256:" + digest(4321))
                        .at("/spec/securityContext/runAsUser")
                        .asLong())
                .as("by digest")
                .isEqualTo(4321);
    }

    @Test
    void imageThatRunsAsRootIsDeniedAtApplyAndNotForPodsOfWhatWasAdmitted() {
        String image = "registry.example/rooted:1";
        plane.apply(DEPLOYMENT.formatted("admitted", "admitted", "admitted", image));
        ControlPlane.await("its pod", () -> podOf("admitted").size() == 1);

        runs("rooted", image, 0);

        ControlPlane.await(
                "a denial",
                () -> plane.kubectlWith(
                                DEPLOYMENT.formatted("late", "late", "late", image),
                                "create",
                                "--dry-run=server",
                                "-f",
                                "-")
                        .err()
                        .contains("image registry.example/rooted:1 runs as root (a container that runs or ran in this"
                                + " cluster)"));
        String first = podOf("admitted").at("/0/metadata/uid").asText();
        plane.kubectl("-n", NAMESPACE, "delete", "pod", "-l", "app=admitted", "--force", "--grace-period=0");
        ControlPlane.await(
                "the next pod of what was admitted",
                () -> podOf("admitted").size() == 1
                        && !podOf("admitted").at("/0/metadata/uid").asText().equals(first));
    }

    @Test
    void hardenedPodThatDoesNotStartIsReportedOnItsDeployment() {
        plane.apply(DEPLOYMENT.formatted("failing", "failing", "failing", "nginxinc/nginx-unprivileged:1"));
        ControlPlane.await("its pod", () -> podOf("failing").size() == 1);
        JsonNode pod = podOf("failing").get(0);
        assertThat(pod.at("/metadata/annotations/bulkhead.dev~1hardened").asText())
                .contains("runAsNonRoot");

        patchStatus(NAMESPACE, pod.at("/metadata/name").asText(), """
                {"name": "app", "ready": false, "restartCount": 0, "image": "nginxinc/nginx-unprivileged:1", "imageID": "",
                 "state": {"waiting": {"reason": "CreateContainerConfigError",
                           "message": "container has runAsNonRoot and image will run as root (pod: x, container: app)"}}}
                """);

        ControlPlane.await(
                "the event",
                () -> plane.kubectl("-n", NAMESPACE, "describe", "deployment", "failing")
                        .out()
                        .contains("HardenedPodDoesNotStart"));
        assertThat(plane.kubectl("-n", NAMESPACE, "describe", "deployment", "failing")
                        .out())
                .contains("Container \"app\" does not start: image nginxinc/nginx-unprivileged:1 runs as root. Set"
                        + " securityContext.runAsUser");
        assertThat(console.metrics()).contains("bulkhead_start_failures_total{reason=\"root-user\"} 1.0");

        plane.apply("""
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: learning}
                spec: {mode: audit, match: {workloadSelector: {matchLabels: {app: failing}}}}
                """);
        try {
            ControlPlane.await(
                    "the policy's status",
                    () -> plane.get("leastprivilegepolicy", "learning")
                                    .at("/status/notStarting")
                                    .asInt()
                            == 1);
            ControlPlane.await(
                    "what the leader adds",
                    () -> plane.get("leastprivilegepolicy", "learning")
                            .at("/status/state")
                            .asText()
                            .equals("Active"));
            assertThat(plane.get("leastprivilegepolicy", "learning")
                            .at("/status/notStarting")
                            .asInt())
                    .isOne();
            assertThat(plane.kubectl("get", "lpp", "-o", "wide").out()).contains("NOT STARTING");
        } finally {
            plane.kubectl("delete", "leastprivilegepolicy", "learning");
        }
        assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        assertThat(site.replicas())
                .allSatisfy(replica -> assertThat(replica.log()).doesNotContain("bulkhead-images"));
    }
}

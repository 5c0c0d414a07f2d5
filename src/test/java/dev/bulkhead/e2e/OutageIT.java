package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When Bulkhead, or the API server behind it, is away. */
class OutageIT {
    private static final String HOST_PID = """
            {"spec":{"hostPID":true}}""";

    private static final String WEB = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers: [{name: web, image: "registry.example/web:1"}]
            """;

    private static Run create(Site site, String namespace, String... more) {
        List<String> all = new java.util.ArrayList<>(
                List.of("-n", namespace, "run", "try", "--image=nginxinc/nginx-unprivileged", "--dry-run=server"));
        all.addAll(List.of(more));
        return site.plane().kubectl(all.toArray(String[]::new));
    }

    @Test
    void rejectsPodsDuringAnOutageAndCanBeOpened() throws Exception {
        try (Site site = new Site(Installed.programs(), Map.of())) {
            List<Replica> both = List.copyOf(site.replicas());
            site.replicas().clear();
            both.forEach(Replica::close);
            site.balance();

            assertThat(create(site, "default").err()).contains("failed calling webhook \"validate.bulkhead.dev\"");
            assertThat(create(site, "kube-system", "--overrides=" + HOST_PID).exitCode())
                    .isZero();
            assertThat(create(site, "bulkhead-system").exitCode()).isZero();
            assertThat(site.plane()
                            .kubectl("label", "namespace", "default", "note=outage")
                            .exitCode())
                    .isZero();
            assertThat(site.plane()
                            .kubectl("-n", "default", "create", "configmap", "note")
                            .exitCode())
                    .isZero();

            // As docs/install.md says.
            assertThat(site.plane()
                            .kubectl("delete", "validatingwebhookconfiguration", "bulkhead")
                            .exitCode())
                    .isZero();
            ControlPlane.await(
                    "that Bulkhead denies nothing",
                    () -> create(site, "default", "--overrides=" + HOST_PID).exitCode() == 0);

            // Nobody is left who knows what it held.
            site.plane().kubectl("-n", Replica.NAMESPACE, "delete", "secret", "bulkhead-certificate");
            site.replicas().add(site.another());
            site.replicas().add(site.another());
            ControlPlane.await("both replicas", () -> site.replicas().stream().allMatch(Replica::isReady));
            site.balance();
            Replica one = site.replicas().get(0);
            assertThat(one.metrics()).contains("bulkhead_webhook_in_sync 0.0");
            ControlPlane.await(
                    "that it says so",
                    () -> one.log().contains("the ValidatingWebhookConfiguration bulkhead is missing"));
            new Helm(Installed.CHART)
                    .upgrade()
                    .withName("bulkhead")
                    .withNamespace(Replica.NAMESPACE)
                    .withKubeVersion(site.plane().version())
                    .withKubeConfig(site.plane().kubeconfig())
                    .set("service.port", 8443)
                    .call();
            site.awaitReady();
            assertThat(create(site, "default", "--overrides=" + HOST_PID).err()).contains("Bulkhead refuses Pod");
            assertThat(create(site, "default").exitCode()).isZero();
        }
    }

    @Test
    void aReplicaThatStartsWithoutTheApiServerWaits() throws Exception {
        try (Site site = new Site(Installed.programs(), Map.of())) {
            Replica.Prepared prepared = Replica.prepare(
                    site.plane(), site.directory(), Replica.NAMESPACE, "bulkhead", "bulkhead-late", Map.of());
            site.plane().stopApiServer();
            assertThat(site.replicas()).allMatch(Replica::isReady);

            try (Replica late = prepared.start()) {
                ControlPlane.await("that it is up", () -> late.metrics().startsWith("200 "));
                Thread.sleep(Duration.ofSeconds(5).toMillis());
                assertThat(late.isRunning()).isTrue();
                assertThat(late.isReady()).isFalse();

                site.plane().startApiServer();
                ControlPlane.await("that it is ready", late::isReady);
                ControlPlane.await("that it is trusted", () -> late.metrics().contains("bulkhead_webhook_in_sync 1.0"));
            }
        }
    }

    @Test
    void afterAPowerCutTheClusterComesUpByItself() throws Exception {
        try (Site site = new Site(Installed.programs(), Map.of())) {
            ControlPlane plane = site.plane();
            plane.apply(WEB);
            ControlPlane.await("its pod", () -> !pods(site, "default").isEmpty());
            ControlPlane.await("Bulkhead's pods", () -> webhookPods(site).size() == 2);

            List<Replica> both = List.copyOf(site.replicas());
            site.replicas().clear();
            both.forEach(Replica::close);
            site.balance();
            plane.powerOff();
            plane.powerOn();

            // What a node, the cluster's own pods and Bulkhead's need, while nobody answers for Bulkhead.
            plane.apply("{apiVersion: v1, kind: Node, metadata: {name: node-0}}");
            plane.apply(
                    "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: node-0, namespace: kube-node-lease}}");
            assertThat(create(site, "kube-system", "--overrides=" + HOST_PID).exitCode())
                    .isZero();
            List<String> gone = webhookPods(site);
            plane.kubectl("-n", Replica.NAMESPACE, "delete", "pods", "--all", "--force");
            ControlPlane.await(
                    "other pods of Bulkhead",
                    () -> webhookPods(site).size() == 2
                            && webhookPods(site).stream().noneMatch(gone::contains));
            plane.kubectl("-n", "default", "delete", "pods", "--all", "--force");
            // Until its controller waits for minutes.
            ControlPlane.await(
                    "that it is refused while nobody answers",
                    () -> plane.kubectl("-n", "default", "get", "events")
                            .out()
                            .contains("failed calling webhook \"validate.bulkhead.dev\""));
            assertThat(pods(site, "default")).isEmpty();

            site.replicas().add(site.another());
            site.replicas().add(site.another());
            site.awaitReady();

            // As docs/operating.md says; controllers would wait longer and longer.
            Run retried = plane.kubectl(
                    "annotate",
                    "deployments,replicasets,statefulsets,daemonsets,jobs",
                    "--all",
                    "--all-namespaces",
                    "--overwrite",
                    "bulkhead.dev/retried-at=now");
            assertThat(retried.exitCode()).as(retried.err()).isZero();
            ControlPlane.await("its pod again", () -> !pods(site, "default").isEmpty());
            assertThat(create(site, "default", "--overrides=" + HOST_PID).err()).contains("Bulkhead refuses Pod");
        }
    }

    private static List<String> pods(Site site, String namespace) {
        return pods(site, namespace, "");
    }

    /** Without the console's. */
    private static List<String> webhookPods(Site site) {
        return pods(site, Replica.NAMESPACE, "app.kubernetes.io/name=bulkhead");
    }

    private static List<String> pods(Site site, String namespace, String selector) {
        return site.plane()
                .kubectl("-n", namespace, "get", "pods", "-o", "name", "-l", selector)
                .out()
                .lines()
                .toList();
    }
}

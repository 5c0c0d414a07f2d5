package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Custom resources that make pods, as `bulkhead scan` and the console's process see them. */
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomKindScanIT {
    private static final String KIND = "rollouts.example/Rollout=/spec/template";

    /** In a namespace that admission excludes, so that anything can be there. */
    private static final String ROLLOUT = """
            apiVersion: rollouts.example/v1beta2
            kind: Rollout
            metadata: {name: rolled, namespace: kube-system}
            spec: {template: {spec: {hostNetwork: true, containers: [{name: app, image: nginxinc/nginx-unprivileged}]}}}
            """;

    private final Site site;
    private final ControlPlane plane;

    CustomKindScanIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    @BeforeAll
    void definition() {
        plane.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: rollouts.rollouts.example}
                spec:
                  group: rollouts.example
                  names: {kind: Rollout, plural: rollouts}
                  scope: Namespaced
                  versions:
                    - name: v1beta2
                      served: true
                      storage: true
                      subresources: {status: {}}
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        ControlPlane.await(
                "the kind",
                () -> plane.kubectl("get", "rollouts.rollouts.example", "-A").exitCode() == 0);
    }

    @AfterAll
    void removeDefinition() {
        plane.kubectl("delete", "customresourcedefinition", "rollouts.rollouts.example", "--wait=false");
    }

    private Run scan(String... options) {
        String[] command = new String[options.length + 8];
        System.arraycopy(
                new String[] {
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                    "scan",
                    "-n",
                    "kube-system",
                    "-o",
                    "json"
                },
                0,
                command,
                0,
                8);
        System.arraycopy(options, 0, command, 8, options.length);
        return Processes.run(Map.of("KUBECONFIG", plane.kubeconfig().toString()), "", command);
    }

    @Test
    void declaredKindIsScanned() throws IOException {
        plane.apply(ROLLOUT);

        Run run = scan("--workload-kind", KIND);
        JsonNode rolled = new ObjectMapper()
                .readTree(run.out())
                .path("workloads")
                .valueStream()
                .filter(workload -> workload.path("kind").asText().equals("Rollout"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(run.said()));
        assertThat(rolled.path("apiVersion").asText()).isEqualTo("rollouts.example/v1beta2");
        assertThat(rolled.path("verdict").asText()).isEqualTo("denied");
        assertThat(rolled.at("/findings/0/path").asText()).startsWith("/spec/template/spec/");

        Run unknown = scan("--workload-kind", "nowhere.example/Thing=/spec/template");
        assertThat(unknown.err()).contains("nowhere.example/Thing cannot be read (the cluster has none)");
    }

    @Test
    void consoleWatchesADeclaredKindOnceItMay() throws IOException {
        plane.kubectl("delete", "-n", "kube-system", "rollouts.rollouts.example", "--all");
        plane.kubectl(
                "create", "clusterrole", "reads-rollouts", "--verb=list,watch", "--resource=rollouts.rollouts.example");
        plane.kubectl(
                "create",
                "clusterrolebinding",
                "reads-rollouts",
                "--clusterrole=reads-rollouts",
                "--serviceaccount=" + Replica.NAMESPACE + ":bulkhead-console");
        try (Replica console = Replica.start(
                plane,
                site.directory(),
                Replica.NAMESPACE,
                "bulkhead-console",
                "rollouts",
                Map.of("BULKHEAD_WORKLOADS_KINDS", KIND + ",nowhere.example/Thing=/spec/template"))) {
            ControlPlane.await("the console", console::isReady);
            double before = ScanIT.denied(console);

            plane.apply(ROLLOUT);
            ControlPlane.await("one more", Duration.ofSeconds(20), () -> ScanIT.denied(console) == before + 1);
            plane.kubectl("delete", "-n", "kube-system", "rollouts.rollouts.example", "rolled");
            ControlPlane.await("one less", Duration.ofSeconds(20), () -> ScanIT.denied(console) == before);
            assertThat(console.log())
                    .contains("no nowhere.example/Thing is evaluated")
                    .doesNotContain("ERROR");
        }
    }
}

package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Refusals as the events of a real cluster tell of them. */
@ExtendWith(Installed.class)
class RefusalsIT {
    private static final String POLICY = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: refusals}
            spec:
              profile: %s
              match: {namespaceSelector: {matchLabels: {refusals: test}}}
            """;

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: %1$s}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  hostNetwork: true
                  containers: [{name: app, image: nginxinc/nginx-unprivileged}]
            """;

    private final Site site;
    private final ControlPlane plane;

    RefusalsIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    private void namespace(String name) {
        plane.apply(
                "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {refusals: test}}}".formatted(name));
    }

    private JsonNode refusals(String namespace) {
        return plane.get("-n", namespace, "events", "--field-selector", "reason=Refused")
                .path("items");
    }

    private void enforce(String profile) {
        plane.apply(POLICY.formatted(profile));
        ControlPlane.await(
                profile,
                () -> plane.kubectl(
                                        "-n",
                                        "refused-pods",
                                        "run",
                                        "try",
                                        "--image=nginxinc/nginx-unprivileged",
                                        "--privileged",
                                        "--dry-run=server")
                                .exitCode()
                        == (profile.equals("privileged") ? 0 : 1));
    }

    @Test
    void eventsTellOfPodsThatAReplicaSetCannotCreateAndTheConsoleKnows() throws IOException {
        namespace("refused-pods");
        enforce("privileged");
        plane.apply(DEPLOYMENT.formatted("refused-pods"));
        ControlPlane.await(
                "its pod",
                () -> plane.get("-n", "refused-pods", "pods").path("items").size() == 1);
        enforce("baseline");
        plane.kubectl("-n", "refused-pods", "delete", "pods", "--all", "--force");

        ControlPlane.await(
                "an event that counts",
                () -> refusals("refused-pods").at("/0/count").asInt() > 2);
        JsonNode events = refusals("refused-pods");
        assertThat(events).hasSize(1);
        assertThat(events.at("/0/involvedObject/kind").asText()).isEqualTo("Deployment");
        assertThat(events.at("/0/metadata/annotations/bulkhead.dev~1user").asText())
                .isEqualTo("system:serviceaccount:kube-system:replicaset-controller");
        assertThat(events.at("/0/metadata/annotations/bulkhead.dev~1rules").asText())
                .contains("hostNamespaces");
        assertThat(plane.kubectl("-n", "refused-pods", "get", "events").out())
                .containsPattern("Refused +deployment/web +violates PodSecurity");
        assertThat(plane.kubectl("-n", "refused-pods", "describe", "deployment", "web")
                        .out())
                .as("found by its uid")
                .contains("Refused");
        assertThat(plane.kubectl("-n", "refused-pods", "events", "--for", "deployment/web")
                        .out())
                .contains("Refused");

        try (Replica console =
                Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "reading", Map.of())) {
            ControlPlane.await("the console", console::isReady);
            ControlPlane.await("what it knows", () -> refusalsKnownTo(console) >= 1);
            double before = refusalsKnownTo(console);

            plane.kubectl("-n", "refused-pods", "run", "other", "--image=nginx", "--privileged");
            ControlPlane.await("one more", () -> refusalsKnownTo(console) == before + 1);
            plane.kubectl("-n", "refused-pods", "delete", "events", "--field-selector", "involvedObject.name=other");
            ControlPlane.await("one less", () -> refusalsKnownTo(console) == before);
            assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        }
        plane.kubectl("delete", "namespace", "refused-pods", "--wait=false");
    }

    private static double refusalsKnownTo(Replica console) {
        return console.metrics()
                .lines()
                .filter(line -> line.startsWith("bulkhead_scan_refusals"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void whatAUserIsRefusedSaysWhoAndADryRunLeavesNothing() {
        plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: refused-user}}");
        plane.kubectlWith(DEPLOYMENT.formatted("refused-user"), "apply", "--dry-run=server", "-f", "-");
        plane.kubectlWith(
                DEPLOYMENT.formatted("refused-user").replace("name: web,", "name: real,"), "apply", "-f", "-");

        ControlPlane.await("an event", () -> refusals("refused-user").size() > 0);
        assertThat(refusals("refused-user")).singleElement().satisfies(event -> {
            assertThat(event.at("/involvedObject/name").asText()).isEqualTo("real");
            assertThat(event.at("/metadata/annotations/bulkhead.dev~1user").asText())
                    .isEqualTo("admin");
            assertThat(event.path("message").asText()).contains("Bulkhead refuses Deployment \"real\"");
        });
    }
}

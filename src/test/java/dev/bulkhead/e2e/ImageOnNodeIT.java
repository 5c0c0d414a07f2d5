package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.InstalledOnNode.Site;
import dev.bulkhead.e2e.Load.Tally;
import dev.bulkhead.e2e.Processes.Run;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What operators do to Bulkhead's pods, under a stream of pods to evaluate. */
@Tag("image")
@ExtendWith(InstalledOnNode.class)
class ImageOnNodeIT {
    private final Site site;
    private final ControlPlane plane;
    private final Load load;

    ImageOnNodeIT(Site site) {
        this.site = site;
        this.plane = site.node().plane();
        this.load = new Load(plane, 1);
    }

    @BeforeEach
    void evaluatesBefore() {
        load.awaitMore(20);
    }

    @AfterEach
    void evaluatesAfterwards() {
        site.awaitReady();
        Tally before = load.tally();
        load.awaitMore(100);
        load.close();
        assertThat(load.tally().since(before).isClean())
                .as("" + load.failures())
                .isTrue();
    }

    private static List<String> names(List<JsonNode> pods) {
        return pods.stream().map(pod -> pod.at("/metadata/name").asText()).toList();
    }

    @Test
    void consoleRunsInAPodOfItsOwnAndBecomesReady() {
        ControlPlane.await(
                "the console",
                () -> site.console().at("/status/containerStatuses/0/ready").asBoolean());

        JsonNode status = site.console().at("/status/containerStatuses/0");
        assertThat(site.node().status(status.path("containerID").asText()))
                .containsEntry("Uid", "65532 65532 65532 65532")
                .containsEntry("CapEff", "0000000000000000");
        assertThat(plane.get("-n", Replica.NAMESPACE, "configmap", "bulkhead-images")
                        .at("/metadata/name")
                        .asText())
                .isEqualTo("bulkhead-images");
    }

    @Test
    void twoReplicasRunAsThePodsThatTheyAskFor() {
        assertThat(site.pods()).hasSize(2).allSatisfy(pod -> {
            JsonNode status = pod.at("/status/containerStatuses/0");
            assertThat(status.path("ready").asBoolean()).isTrue();
            assertThat(site.node().status(status.path("containerID").asText()))
                    .containsEntry("Uid", "65532 65532 65532 65532")
                    .containsEntry("Gid", "65532 65532 65532 65532")
                    .containsEntry("Groups", "65532")
                    .containsEntry("CapPrm", "0000000000000000")
                    .containsEntry("CapEff", "0000000000000000")
                    .containsEntry("CapBnd", "0000000000000000")
                    .containsEntry("NoNewPrivs", "1")
                    .containsEntry("Seccomp", "2");
            assertThat(pod.at("/status/podIP").asText()).startsWith("10.60.0.");
        });
    }

    @Test
    void hardensAndDeniesThroughTheApiServer() {
        Run denied = run("--privileged");
        Run hardened = run("--output=jsonpath={.spec.securityContext.runAsNonRoot}");

        assertThat(denied.exitCode()).isEqualTo(1);
        assertThat(denied.err()).contains("Bulkhead refuses Pod \"try\" (profile least-privilege, policy built-in)");
        assertThat(hardened.out()).isEqualTo("true");
    }

    private Run run(String option) {
        return plane.kubectl(
                "-n", "default", "run", "try", "--image=nginxinc/nginx-unprivileged", "--dry-run=server", option);
    }

    @Test
    void rollsWithoutLosingARequest() {
        Tally before = load.tally();
        List<String> old = names(site.pods());

        plane.kubectl("-n", Replica.NAMESPACE, "rollout", "restart", "deployment/bulkhead");
        site.awaitReady();

        assertThat(names(site.pods())).hasSize(2).doesNotContainAnyElementsOf(old);
        assertThat(load.tally().since(before).isClean())
                .as("" + load.failures())
                .isTrue();
    }

    /** Its requests are lost with it, and those routed to it until that is noticed, but nothing is admitted unchecked. */
    @Test
    void survivesTheDeathOfAReplica() {
        Tally before = load.tally();
        JsonNode pod = site.pods().get(0);
        String victim = pod.at("/metadata/name").asText();
        int restarts = restarts(victim);

        site.node().kill(pod.at("/status/containerStatuses/0/containerID").asText());
        ControlPlane.await("that it is started again", () -> restarts(victim) == restarts + 1);

        Tally tally = load.tally().since(before);
        assertThat(tally.wronglyAdmitted()).as("" + load.failures()).isZero();
        assertThat(tally.decided()).as("" + load.failures()).isPositive();
    }

    private int restarts(String pod) {
        return plane.get("-n", Replica.NAMESPACE, "pod", pod)
                .at("/status/containerStatuses/0/restartCount")
                .asInt();
    }

    @Test
    void servesARenewedCertificateWithoutARestart() {
        Tally before = load.tally();
        List<String> pods = names(site.pods());
        JsonNode old = certificate();
        List<String> expiries = expiries();
        assertThat(expiries).hasSize(1);

        plane.kubectl(
                "-n",
                Replica.NAMESPACE,
                "annotate",
                "secret",
                "bulkhead-certificate",
                "bulkhead.dev/renew=certificate");
        ControlPlane.await("another certificate", () -> !certificate().equals(old));
        ControlPlane.await(
                "that each replica serves it",
                () -> expiries().size() == 1 && !expiries().equals(expiries));
        load.awaitMore(100);

        assertThat(names(site.pods())).isEqualTo(pods);
        assertThat(load.tally().since(before).isClean())
                .as("" + load.failures())
                .isTrue();
    }

    private JsonNode certificate() {
        return plane.get("-n", Replica.NAMESPACE, "secret", "bulkhead-certificate")
                .at("/data/tls.crt");
    }

    private List<String> expiries() {
        return names(site.pods()).stream().map(this::expiry).distinct().toList();
    }

    /** As the replica's metrics tell, asked for through the API server. */
    private String expiry(String pod) {
        String path = "/api/v1/namespaces/" + Replica.NAMESPACE + "/pods/" + pod + ":9000/proxy/q/metrics";
        return plane.kubectl("get", "--raw", path)
                .out()
                .lines()
                .filter(line -> line.startsWith("bulkhead_certificate_expiry"))
                .findFirst()
                .orElse(pod);
    }
}

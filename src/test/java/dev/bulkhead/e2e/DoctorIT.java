package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Processes.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** `bulkhead doctor` on an installation that works, and on one in which something is broken at a time. */
@ExtendWith(ControlPlaneCondition.class)
class DoctorIT {
    private static final String HOME = Replica.NAMESPACE;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Site site;
    private static ControlPlane plane;

    @BeforeAll
    static void install() throws IOException {
        site = new Site(Installed.programs(), Map.of());
        plane = site.plane();
        for (String node : List.of("node-0", "node-1")) {
            plane.apply("{apiVersion: v1, kind: Node, metadata: {name: %s}}".formatted(node));
        }
    }

    @AfterAll
    static void uninstall() throws IOException {
        site.close();
    }

    /** There is no kubelet: what it would report of the pods, that they run on two nodes and are ready. */
    private static void pretendThatPodsRun() {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        for (String node : List.of("node-0", "node-1")) {
            patchStatus(
                    "node",
                    node,
                    "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\", \"reason\": \"KubeletReady\","
                            + " \"lastHeartbeatTime\": \"" + now + "\"}]}}");
        }
        int index = 0;
        for (JsonNode pod : plane.get("-n", HOME, "pods").path("items")) {
            String name = pod.at("/metadata/name").asText();
            if (pod.at("/spec/nodeName").isMissingNode()) {
                Run bound = plane.kubectlWith(
                        """
                        {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
                         "target": {"apiVersion": "v1", "kind": "Node", "name": "node-%d"}}
                        """.formatted(name, index % 2),
                        "create",
                        "--raw",
                        "/api/v1/namespaces/" + HOME + "/pods/" + name + "/binding",
                        "-f",
                        "-");
                assertThat(bound.exitCode()).as(bound.err()).isZero();
            }
            patchStatus("pod", name, """
                    {"status": {"phase": "Running", "podIP": "10.0.0.%1$d", "podIPs": [{"ip": "10.0.0.%1$d"}],
                      "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "%2$s"},
                        {"type": "ContainersReady", "status": "True", "lastTransitionTime": "%2$s"}]}}
                    """.formatted(index + 1, now));
            index++;
        }
        ControlPlane.await(
                "the Deployments",
                () -> StreamSupport.stream(
                                plane.get("-n", HOME, "deployments")
                                        .path("items")
                                        .spliterator(),
                                false)
                        .allMatch(deployment ->
                                deployment.at("/status/readyReplicas").asInt()
                                        == deployment.at("/spec/replicas").asInt()));
    }

    private static void patchStatus(String kind, String name, String patch) {
        Run run =
                plane.kubectl("-n", HOME, "patch", kind, name, "--subresource=status", "--type=strategic", "-p", patch);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static Run doctorAs(Path kubeconfig, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "doctor"));
        command.addAll(List.of(arguments));
        return Processes.run(Map.of("KUBECONFIG", kubeconfig.toString()), "", command.toArray(String[]::new));
    }

    private static Run doctor(String... arguments) {
        return doctorAs(plane.kubeconfig(), arguments);
    }

    private static JsonNode check(Run run, String id) {
        try {
            for (JsonNode check : JSON.readTree(run.out()).path("checks")) {
                if (check.path("check").asText().equals(id)) {
                    return check;
                }
            }
        } catch (IOException e) {
            throw new AssertionError(run.out() + run.err(), e);
        }
        throw new AssertionError("there is no check " + id + " in " + run.out() + run.err());
    }

    private static void assertProblem(Run run, String id, String message) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(check(run, id).path("state").asText()).as(run.out()).isEqualTo("problem");
        assertThat(check(run, id).path("message").asText()).contains(message);
        assertThat(check(run, id).path("remedy").asText()).isNotEmpty();
    }

    /** The replica that leads does nothing meanwhile, so that it repairs nothing, and the other one answers. */
    private static void whileTheLeaderSleeps(Runnable test) {
        String holder = plane.get("-n", HOME, "lease", "bulkhead")
                .at("/spec/holderIdentity")
                .asText();
        Replica leader = site.replicas().get(holder.equals("bulkhead-0") ? 0 : 1);
        int place = site.replicas().indexOf(leader);
        site.replicas().remove(leader);
        site.balance();
        leader.pause();
        site.cut(leader);
        keepTheLeaseFor(Duration.ofMinutes(10));
        try {
            test.run();
        } finally {
            leader.resume();
            site.replicas().add(place, leader);
            site.awaitReady();
        }
    }

    /** Else the other replica leads and repairs before a slow machine has asked it. The leader renews it once it is awake. */
    private static void keepTheLeaseFor(Duration time) {
        String renewed = Instant.now()
                .plus(time)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace("Z", ".000000Z");
        Run run = plane.kubectl(
                "-n",
                HOME,
                "patch",
                "lease",
                "bulkhead",
                "--type=merge",
                "-p",
                "{\"spec\": {\"renewTime\": \"" + renewed + "\"}}");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static void edit(String kind, String patch) {
        Run run = plane.kubectl("patch", kind, "bulkhead", "--type=json", "-p", patch);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void whatWorksIsAllRight() throws IOException {
        pretendThatPodsRun();

        Run run = doctor();

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("ok       admission", "a careless pod was hardened in a dry run in namespace default")
                .contains("27 ok.");
        assertThat(plane.get("-n", "default", "pods").path("items"))
                .as("nothing is stored")
                .isEmpty();
        JsonNode report = JSON.readTree(doctor("-o", "json").out());
        assertThat(report.at("/summary/ok").asInt()).isEqualTo(27);
        assertThat(report.at("/summary/problem").asInt()).isZero();
    }

    @Test
    void editedFailurePolicyIsAProblem() {
        pretendThatPodsRun();
        whileTheLeaderSleeps(() -> {
            edit(
                    "validatingwebhookconfiguration",
                    "[{\"op\": \"replace\", \"path\": \"/webhooks/0/failurePolicy\", \"value\": \"Ignore\"}]");

            assertProblem(doctor("-o", "json"), "failure-policy", "it is Ignore although a policy enforces");
        });
    }

    @Test
    void wrongCaBundleIsAProblem() throws IOException {
        pretendThatPodsRun();
        String other = Base64.getEncoder().encodeToString(Files.readAllBytes(plane.certificate()));
        whileTheLeaderSleeps(() -> {
            edit(
                    "mutatingwebhookconfiguration",
                    "[{\"op\": \"replace\", \"path\": \"/webhooks/0/clientConfig/caBundle\", \"value\": \"" + other
                            + "\"}]");

            Run run = doctor("-o", "json");

            assertProblem(run, "certificate", "the CA bundle of webhook mutate.bulkhead.dev does not trust it");
            assertProblem(run, "admission", "a careless pod was denied instead of hardened");
        });
    }

    @Test
    void excludedNamespacesAreAProblemUnlessInstalled() {
        pretendThatPodsRun();
        whileTheLeaderSleeps(() -> {
            edit(
                    "validatingwebhookconfiguration",
                    "[{\"op\": \"add\", \"path\": \"/webhooks/0/namespaceSelector/matchExpressions/-\", \"value\":"
                            + " {\"key\": \"unchecked\", \"operator\": \"DoesNotExist\"}}]");

            Run run = doctor("-o", "json");

            assertProblem(run, "webhooks-as-installed", "validate.bulkhead.dev: namespaceSelector is not as installed");
            assertThat(check(run, "exclusions").path("state").asText()).isEqualTo("warning");
            assertThat(check(run, "exclusions").path("message").asText()).contains("unless unchecked DoesNotExist");
        });
    }

    @Test
    void deletedWebhookIsAProblem() {
        pretendThatPodsRun();
        JsonNode before = plane.get("validatingwebhookconfiguration", "bulkhead");
        plane.kubectl("delete", "validatingwebhookconfiguration", "bulkhead");
        try {
            assertProblem(doctor("-o", "json"), "webhooks", "nothing is enforced");
            Run table = doctor();
            assertThat(table.exitCode()).isEqualTo(1);
            assertThat(table.out()).startsWith("problem");
        } finally {
            plane.apply(before.toString());
        }
    }

    @Test
    void deploymentWithoutPodsIsAProblem() {
        pretendThatPodsRun();
        plane.kubectl("-n", HOME, "scale", "deployment/bulkhead", "--replicas=0");
        ControlPlane.await(
                "no pods",
                () -> plane.get("-n", HOME, "deployment", "bulkhead")
                        .at("/status/readyReplicas")
                        .isMissingNode());
        plane.kubectl("-n", HOME, "delete", "pods", "-l", "app.kubernetes.io/name=bulkhead", "--force");
        try {
            Run run = doctor("-o", "json");

            assertProblem(run, "replicas", "none of 0 is ready");
            assertProblem(run, "endpoints", "has no ready endpoint");
        } finally {
            plane.kubectl("-n", HOME, "scale", "deployment/bulkhead", "--replicas=2");
            ControlPlane.await(
                    "its pods",
                    () -> plane.get("-n", HOME, "pods", "-l", "app.kubernetes.io/name=bulkhead")
                                    .path("items")
                                    .size()
                            == 2);
        }
    }

    @Test
    void missingRightsOfTheWebhookAreAProblem() {
        pretendThatPodsRun();
        JsonNode before = plane.get("clusterrolebinding", "bulkhead");
        plane.kubectl("delete", "clusterrolebinding", "bulkhead");
        try {
            assertProblem(doctor("-o", "json"), "rights", "system:serviceaccount:bulkhead-system:bulkhead may not");
        } finally {
            plane.apply(before.toString());
            site.awaitReady();
        }
    }

    @Test
    void rightsInTheDocsSuffice() throws IOException {
        pretendThatPodsRun();
        Matcher role = Pattern.compile("(?s)```yaml\n([^`]*bulkhead-doctor.*?)```")
                .matcher(Files.readString(Path.of("docs/operating.md")));
        assertThat(role.find()).isTrue();
        plane.apply(role.group(1));
        plane.kubectl("-n", "default", "create", "serviceaccount", "monitor");
        plane.kubectl(
                "create",
                "clusterrolebinding",
                "monitor",
                "--clusterrole=bulkhead-doctor",
                "--serviceaccount=default:monitor");

        Run run = doctorAs(kubeconfigOf("monitor"));

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private static Path kubeconfigOf(String account) throws IOException {
        String token =
                plane.kubectl("-n", "default", "create", "token", account).out().strip();
        return Files.writeString(site.directory().resolve(account + ".kubeconfig"), plane.kubeconfig(token));
    }

    @Test
    void whoMayNotReadIsToldWhichRightIsMissing() throws IOException {
        pretendThatPodsRun();
        plane.kubectl("-n", "default", "create", "serviceaccount", "asker");

        Run run = doctorAs(kubeconfigOf("asker"), "-o", "json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(check(run, "replicas").path("state").asText()).isEqualTo("unknown");
        assertThat(check(run, "replicas").path("remedy").asText())
                .isEqualTo("ask for the right to list deployments.apps in namespace bulkhead-system");
        assertThat(check(run, "kubernetes").path("state").asText()).isEqualTo("ok");
        assertThat(run.err()).doesNotContain("Exception");
    }
}

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What runs in a real cluster, as `bulkhead scan` and the console's process see it. */
@ExtendWith(Installed.class)
class ScanIT {
    /** Excluded from admission, so anything can run there. */
    private static final String NAMESPACE = "kube-system";

    static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: kube-system, labels: {scan: "%1$s"}}
            spec:
              replicas: 3
              selector: {matchLabels: {scan: "%1$s"}}
              template:
                metadata: {labels: {scan: "%1$s"}}
                spec:
                  hostNetwork: true
                  containers: [{name: app, image: nginxinc/nginx-unprivileged}]
            """;

    private static final String CRON_JOB = """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: nightly, namespace: kube-system, labels: {scan: nightly}}
            spec:
              schedule: "0 3 * * *"
              jobTemplate:
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: app, image: nginxinc/nginx-unprivileged}]
            """;

    private final Site site;
    private final ControlPlane plane;

    ScanIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    private Run scan(String... arguments) {
        return scanAs(plane.kubeconfig(), arguments);
    }

    /** Runs `bulkhead scan` with that kubeconfig. */
    static Run scanAs(Path kubeconfig, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString(),
                "scan"));
        command.addAll(List.of(arguments));
        return Processes.run(Map.of("KUBECONFIG", kubeconfig.toString()), "", command.toArray(String[]::new));
    }

    private static JsonNode workload(Run run, String name) throws IOException {
        return StreamSupport.stream(
                        new ObjectMapper().readTree(run.out()).path("workloads").spliterator(), false)
                .filter(workload -> workload.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + run.out() + run.err()));
    }

    @Test
    void scanReportsTheWorkloadsThatAPersonEdits() throws IOException {
        plane.apply(DEPLOYMENT.formatted("scanned"));
        plane.apply(CRON_JOB);
        ControlPlane.await(
                "its pods",
                () -> plane.get("-n", NAMESPACE, "pods", "-l", "scan=scanned")
                                .path("items")
                                .size()
                        == 3);

        Run run = scan("-n", NAMESPACE, "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        JsonNode deployment = workload(run, "scanned");
        assertThat(deployment.path("kind").asText()).isEqualTo("Deployment");
        assertThat(deployment.path("verdict").asText()).isEqualTo("denied");
        assertThat(deployment.path("findings").findValuesAsText("rule")).contains("hostNamespaces");
        assertThat(deployment.at("/findings/0/path").asText()).startsWith("/spec/template/spec/");
        assertThat(workload(run, "nightly").path("verdict").asText()).isEqualTo("hardened");
        assertThat(run.out()).as("no ReplicaSet, no pod of the Deployment").doesNotContain("\"scanned-");

        Run selected = scan("-A", "-l", "scan=scanned", "--preview", "privileged", "-o", "json");
        assertThat(selected.exitCode()).as(selected.err()).isZero();
        assertThat(new ObjectMapper()
                        .readTree(selected.out())
                        .at("/summary/excluded")
                        .asInt())
                .isEqualTo(1);

        Run exemptions = scan("-n", NAMESPACE, "-o", "exemptions");
        assertThat(exemptions.exitCode()).as(exemptions.err()).isEqualTo(1);
        assertThat(exemptions.out()).as("admission excludes this namespace").doesNotContain("kind: Exemption");
        assertThat(exemptions.err()).contains("no exemption is needed for").contains("kube-system");

        Run table = scan("-n", NAMESPACE);
        assertThat(table.out())
                .contains("denied    Deployment kube-system/scanned")
                .contains("hardened  CronJob kube-system/nightly");

        Run preview = scan("-n", NAMESPACE, "--preview", "restricted");
        assertThat(preview.exitCode()).as("nothing would change here").isZero();
        assertThat(preview.out())
                .contains("Enforcing restricted here, of 0 workloads")
                .contains("in namespaces that are excluded from admission: nothing changes");
        plane.kubectl("-n", NAMESPACE, "delete", "deployment", "scanned");
        plane.kubectl("-n", NAMESPACE, "delete", "cronjob", "nightly");
    }

    @Test
    void userWithoutRightsIsToldWhatIsMissing() throws IOException {
        plane.kubectl("create", "namespace", "scanned-team");
        plane.kubectl("-n", "scanned-team", "create", "serviceaccount", "reader");
        plane.kubectl(
                "-n",
                "scanned-team",
                "create",
                "rolebinding",
                "reader",
                "--clusterrole=view",
                "--serviceaccount=scanned-team:reader");
        String token = plane.kubectl("-n", "scanned-team", "create", "token", "reader")
                .out()
                .strip();
        Path kubeconfig = Files.writeString(site.directory().resolve("reader.kubeconfig"), plane.kubeconfig(token));

        Run own = scanAs(kubeconfig, "-n", "scanned-team");
        assertThat(own.exitCode()).as(own.err()).isZero();
        assertThat(own.err())
                .contains("persistentvolumes cannot be read (HTTP status 403)")
                .doesNotContain("Exception");

        Run all = scanAs(kubeconfig, "-A");
        assertThat(all.exitCode()).isEqualTo(2);
        assertThat(all.err()).contains("pods cannot be read: HTTP status 403").doesNotContain("Exception");
    }

    @Test
    void proposedExemptionsAreThoseOfWhatAdmissionSees() {
        plane.kubectl("create", "namespace", "scanned-exempt");
        plane.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: scanned-exempt}
                spec: {containers: [{name: web, image: nginxinc/nginx-unprivileged}]}
                """);

        Run run = scan("-n", "scanned-exempt", "--preview", "restricted", "-o", "exemptions");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).as("it was hardened").doesNotContain("kind: Exemption");

        Run strict = scan("-n", "scanned-exempt", "--preview", "sandboxed", "-o", "exemptions");
        assertThat(strict.out()).as(strict.err()).contains("kind: Exemption", "{kind: Pod, name: web}");
    }

    private String outcome(String namespace, String name) throws IOException {
        Run run = scan("-n", namespace, "--preview", "baseline", "-o", "json");
        return workload(run, name).path("outcome").asText();
    }

    /** What runs passes once the proposal is applied; what differs in a value, a container, a name or a namespace does not. */
    @Test
    void previewedExemptionsLetThroughWhatRunsAndNothingElse() throws IOException {
        String deployment = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: %2$s, labels: {team: front}}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      containers:
                      - {name: %3$s, image: nginxinc/nginx-unprivileged, ports: [{containerPort: 80, hostPort: %4$s}]}
                """;
        String off = """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: preview-off}
                spec:
                  profile: privileged
                  mode: %s
                  match:
                    namespaceSelector:
                      matchExpressions:
                      - {key: kubernetes.io/metadata.name, operator: In, values: [previewed, previewed-too]}
                """;
        for (String namespace : List.of("previewed", "previewed-too")) {
            plane.kubectl("create", "namespace", namespace);
        }
        plane.apply(off.formatted("enforce"));
        ControlPlane.await(
                "the policy",
                () -> plane.kubectlWith(deployment.formatted("web", "previewed", "web", "8080"), "apply", "-f", "-")
                                .exitCode()
                        == 0);
        Run before = scan("-n", "previewed", "--preview", "baseline", "-o", "json");
        assertThat(before.exitCode()).as(before.err()).isEqualTo(1);
        assertThat(workload(before, "web").path("owner").asText()).isEqualTo("front");

        Run proposed = scan("-n", "previewed", "--preview", "baseline", "-o", "exemptions");
        plane.apply(proposed.out()
                .replaceAll("(?m)^(  reason:).*", "$1 \"the load balancer expects it\"")
                .replaceAll("(?m)^(  owner:).*", "$1 front@example.org"));

        Run after = scan("-n", "previewed", "--preview", "baseline", "-o", "json");
        assertThat(after.exitCode()).as(after.out()).isZero();
        assertThat(workload(after, "web").path("outcome").asText()).isEqualTo("passes");

        plane.apply(deployment.formatted("webs", "previewed", "web", "8080"));
        plane.apply(deployment.formatted("web", "previewed-too", "web", "8080"));
        assertThat(outcome("previewed", "webs")).as("another name").isEqualTo("denied");
        assertThat(outcome("previewed-too", "web")).as("another namespace").isEqualTo("denied");
        assertThat(outcome("previewed", "web")).isEqualTo("passes");
        plane.apply(deployment.formatted("web", "previewed", "web", "8081"));
        assertThat(outcome("previewed", "web")).as("another value").isEqualTo("denied");
        plane.apply(deployment.formatted("web", "previewed", "other", "8080"));
        assertThat(outcome("previewed", "web")).as("another container").isEqualTo("denied");

        plane.kubectl("delete", "namespace", "previewed", "previewed-too", "--wait=false");
        plane.kubectl("delete", "leastprivilegepolicy", "preview-off");
    }

    @Test
    void namespaceThatDoesNotExistIsAnError() {
        Run missing = scan("-n", "shpo");
        assertThat(missing.exitCode()).as(missing.out()).isEqualTo(2);
        assertThat(missing.err()).contains("namespace shpo not found");

        Run wrong = scan("-n", "a b");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--namespace: expected the name of a namespace, got a b");
    }

    @Test
    void clusterThatCannotBeReachedIsAnError() throws IOException {
        Path nowhere = Files.writeString(site.directory().resolve("nowhere.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {token: x}}]
                contexts: [{name: here, context: {cluster: c, user: u}}]
                current-context: here
                """);

        Run refused = scanAs(nowhere);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("the cluster at https://127.0.0.1:1/ cannot be read", "Connection refused")
                .doesNotContain("\tat ");

        Run elsewhere = scanAs(nowhere, "--context", "there");
        assertThat(elsewhere.exitCode()).isEqualTo(2);
        assertThat(elsewhere.err()).contains("--context: expected a context of the kubeconfig, got there; it has here");
    }

    @Test
    void kubeconfigThatCannotBeReadIsAnError() throws IOException {
        Path broken = Files.writeString(site.directory().resolve("broken.kubeconfig"), "clusters: [{");

        Run run = scanAs(broken);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("The kubeconfig cannot be read").doesNotContain("\tat ");

        Run none = scanAs(Path.of("no", "such.kubeconfig"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("there is no kubeconfig with a current context");
    }

    @Test
    void consoleFollowsTheClusterWithinSeconds() throws IOException {
        try (Replica console =
                Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", "scanning", Map.of())) {
            ControlPlane.await("the console", console::isReady);
            double before = denied(console);

            plane.apply(DEPLOYMENT.formatted("followed"));
            ControlPlane.await("one more", Duration.ofSeconds(20), () -> denied(console) == before + 1);
            plane.kubectl("-n", NAMESPACE, "delete", "deployment", "followed");
            ControlPlane.await("one less", Duration.ofSeconds(20), () -> denied(console) == before);
            assertThat(console.log()).doesNotContain("ERROR");
        }
    }

    static double denied(Replica console) {
        return console.metrics()
                .lines()
                .filter(line -> line.startsWith("bulkhead_scan_workloads{verdict=\"denied\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }
}

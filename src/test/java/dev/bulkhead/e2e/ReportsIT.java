package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reports that the console's process writes into a real cluster, with the definitions that the chart installs. */
@ExtendWith(Installed.class)
class ReportsIT {
    /** Excluded from admission, so anything can run there. */
    private static final String NAMESPACE = "kube-system";

    /** Everything that it lacks can be filled in. */
    private static final String MODEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s, namespace: report-many}
            spec:
              replicas: 0
              selector: {matchLabels: {app: "%1$s"}}
              template:
                metadata: {labels: {app: "%1$s"}}
                spec: {containers: [{name: app, image: nginxinc/nginx-unprivileged}]}
            """;

    private final Site site;
    private final ControlPlane plane;

    ReportsIT(Site site) {
        this.site = site;
        this.plane = site.plane();
    }

    private Optional<JsonNode> report(String resource, String workload) {
        return plane.get("-n", NAMESPACE, resource, "-l", "app.kubernetes.io/managed-by=bulkhead")
                .path("items")
                .valueStream()
                .filter(report -> report.at("/scope/name").asText().equals(workload))
                .findFirst();
    }

    private JsonNode awaitReport(String resource, String workload) {
        ControlPlane.await(
                "the report of " + workload, () -> report(resource, workload).isPresent());
        return report(resource, workload).orElseThrow();
    }

    private Replica console(String name) throws IOException {
        return Replica.start(plane, site.directory(), Replica.NAMESPACE, "bulkhead-console", name, Map.of());
    }

    private static double written(Replica console) {
        return console.metrics()
                .lines()
                .filter(line -> line.startsWith("bulkhead_reports_written_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "openreports, reports.openreports.io, reports",
        "wgpolicyk8s, policyreports.wgpolicyk8s.io, policyreports",
    })
    void workloadHasAReportAsLongAsItExistsWhichIsWrittenWhenItChanges(String api, String resource, String file)
            throws IOException {
        plane.apply(Files.readString(Path.of("charts/bulkhead/files/reports", api, file + ".yaml")));
        plane.kubectl("wait", "--for=condition=Established", "crd/" + resource);
        plane.apply(ScanIT.DEPLOYMENT.formatted("reported"));
        String uid = plane.get("-n", NAMESPACE, "deployment", "reported")
                .at("/metadata/uid")
                .asText();
        try (Replica console = console("reporting-" + api)) {
            JsonNode report = awaitReport(resource, "reported");
            assertThat(report.at("/metadata/ownerReferences/0/uid").asText()).isEqualTo(uid);
            assertThat(report.at("/metadata/ownerReferences/0/kind").asText()).isEqualTo("Deployment");
            assertThat(report.at("/summary/fail").asInt()).isPositive();
            assertThat(report.at("/results/0/policy").asText()).isEqualTo("hostNamespaces");
            assertThat(report.at("/results/0/result").asText()).isEqualTo("fail");
            assertThat(plane.get("-n", NAMESPACE, resource, "-l", "app.kubernetes.io/managed-by=bulkhead")
                            .path("items")
                            .valueStream()
                            .map(item -> item.at("/scope/kind").asText()))
                    .as("none of a pod or ReplicaSet of the Deployment")
                    .doesNotContain("ReplicaSet")
                    .doesNotContain("Pod");

            plane.kubectl("-n", NAMESPACE, "annotate", "deployment", "reported", "note=nothing");
            plane.kubectl("-n", NAMESPACE, "scale", "deployment", "reported", "--replicas=1");
            plane.apply(ScanIT.DEPLOYMENT.formatted("marker"));
            awaitReport(resource, "marker");
            assertThat(awaitReport(resource, "reported").at("/metadata/resourceVersion"))
                    .as("not written without a change")
                    .isEqualTo(report.at("/metadata/resourceVersion"));

            plane.kubectl(
                    "-n",
                    NAMESPACE,
                    "patch",
                    "deployment",
                    "reported",
                    "-p",
                    "{\"spec\":{\"replicas\":0,\"template\":{\"spec\":{\"hostNetwork\":false}}}}");
            ControlPlane.await(
                    "the change",
                    () -> report(resource, "reported")
                            .filter(changed -> changed.at("/summary/fail").asInt() == 0)
                            .isPresent());
            assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        }
        plane.kubectl("-n", NAMESPACE, "delete", "deployment", "marker");
        try (Replica console = console("reporting-again-" + api)) {
            plane.apply(manyPorts());
            JsonNode capped = awaitReport(resource, "ports");
            assertThat(capped.path("results").size()).isLessThanOrEqualTo(101);
            assertThat(capped.at("/summary/fail").asInt()).isGreaterThanOrEqualTo(800);
            assertThat(written(console)).as("only that one").isEqualTo(1);

            plane.kubectl("-n", NAMESPACE, "delete", "deployment", "reported");
            ControlPlane.await(
                    "no report of what is gone",
                    () -> report(resource, "reported").isEmpty());
            ControlPlane.await(
                    "no report of what went while nobody watched",
                    () -> report(resource, "marker").isEmpty());
            assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        }
        plane.kubectl("-n", NAMESPACE, "delete", "deployment", "ports");
        plane.kubectl("delete", "crd", resource);
    }

    /** The number is larger by hand: {@code -De2e.workloads=1000} takes two minutes. */
    @Test
    void manyReportsAreWrittenFewAtOnceAndNotAgainAfterARestart() throws IOException {
        int many = Integer.getInteger("e2e.workloads", 60);
        plane.apply(Files.readString(Path.of("charts/bulkhead/files/reports/openreports/reports.yaml")));
        plane.kubectl("wait", "--for=condition=Established", "crd/reports.openreports.io");
        plane.apply("{apiVersion: v1, kind: Namespace, metadata: {name: report-many}}");
        plane.apply(IntStream.range(0, many)
                .mapToObj(number -> MODEST.formatted("modest-" + number))
                .collect(Collectors.joining("---\n")));
        try (Replica console = console("reporting-many")) {
            ControlPlane.await(
                    "all reports", Duration.ofMinutes(5), () -> many("uid").size() == many);
            assertThat(many("creationTimestamp").stream()
                            .collect(Collectors.groupingBy(at -> at, Collectors.counting()))
                            .values())
                    .as("ten in a pass, of which two may begin in one second")
                    .allMatch(inOneSecond -> inOneSecond <= 20);
            assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        }
        List<String> before = many("resourceVersion");
        try (Replica console = console("reporting-many-again")) {
            plane.apply(MODEST.formatted("one-more"));
            ControlPlane.await("one more", () -> many("uid").size() == many + 1);
            assertThat(many("resourceVersion")).as("the others").containsAll(before);
            assertThat(console.log()).doesNotContain("ERROR").doesNotContain("WARN");
        }
        plane.kubectl("delete", "namespace", "report-many", "--wait=false");
        plane.kubectl("delete", "crd", "reports.openreports.io");
    }

    /** A field of the metadata of each of the many reports. */
    private List<String> many(String field) {
        return plane.get("-n", "report-many", "reports.openreports.io", "-l", "app.kubernetes.io/managed-by=bulkhead")
                .path("items")
                .valueStream()
                .map(report -> report.path("metadata").path(field).asText())
                .toList();
    }

    private static String manyPorts() {
        String containers = IntStream.range(0, 20)
                .mapToObj(container -> "{name: c-%d, image: nginx, ports: [%s]}"
                        .formatted(
                                container,
                                IntStream.range(0, 40)
                                        .map(port -> 10_000 + 40 * container + port)
                                        .mapToObj(port -> "{containerPort: %d, hostPort: %d}".formatted(port, port))
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(", "));
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: ports, namespace: kube-system}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: ports}}
                  template:
                    metadata: {labels: {app: ports}}
                    spec: {containers: [%s]}
                """.formatted(containers);
    }
}

package dev.bulkhead.app.cluster.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.ScannedCluster;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportDocumentTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private static final String UNSAFE = "hostNetwork: true\ncontainers: [{name: app, image: nginx:1.29}]";

    private final ScannedCluster cluster = new ScannedCluster(Clock.fixed(NOON, ZoneOffset.UTC));

    private ScannedWorkload deployment(String spec) {
        return deployment("web", spec);
    }

    private ScannedWorkload deployment(String name, String spec) {
        cluster.deployment("shop", name, spec);
        return cluster.scan().workloads().get(0);
    }

    private static ObjectNode object(ReportApi api, ScannedWorkload workload) {
        ReportId id = ReportId.of(workload.id(), "d-1");
        return ReportDocument.of(workload).toObject(api, id, workload.id(), "d-1", NOON);
    }

    private static List<String> results(JsonNode report) {
        return report.path("results")
                .valueStream()
                .map(result -> result.path("result").asText() + " "
                        + result.path("policy").asText())
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void reportIsAboutItsWorkloadAndOwnedByIt(ReportApi api) {
        ObjectNode report = object(api, deployment(UNSAFE));

        assertThat(report.path("apiVersion").asText()).isEqualTo(api.apiVersion());
        assertThat(report.at("/metadata/name").asText()).matches("deployment-web-[0-9a-f]{8}");
        assertThat(report.at("/metadata/namespace").asText()).isEqualTo("shop");
        assertThat(report.at("/metadata/labels")).isEqualTo(Yaml.tree("{app.kubernetes.io/managed-by: bulkhead}"));
        assertThat(report.at("/metadata/ownerReferences"))
                .isEqualTo(Yaml.tree("[{apiVersion: apps/v1, kind: Deployment, name: web, uid: d-1}]"));
        assertThat(report.path("scope"))
                .isEqualTo(Yaml.tree("{apiVersion: apps/v1, kind: Deployment, namespace: shop, name: web, uid: d-1}"));
        assertThat(report.has("source")).isEqualTo(api == ReportApi.OPENREPORTS);
    }

    @Test
    void resultsSayWhatIsWrongTheWorstFirst() {
        ObjectNode report = object(ReportApi.OPENREPORTS, deployment(UNSAFE));

        assertThat(results(report)).startsWith("fail hostNamespaces").contains("pass readOnlyRootFilesystem");
        JsonNode first = report.at("/results/0");
        assertThat(first.path("severity").asText()).isEqualTo("high");
        assertThat(first.path("category").asText()).isEqualTo("Pod Security Standards (Baseline)");
        assertThat(first.path("source").asText()).isEqualTo("bulkhead");
        assertThat(first.path("message").asText()).isEqualTo("pod must not set hostNetwork=true");
        assertThat(first.path("timestamp")).hasToString("{\"seconds\":" + NOON.getEpochSecond() + ",\"nanos\":0}");
        Map<String, String> properties = first.path("properties").properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, property -> property.getValue().asText()));
        assertThat(properties)
                .containsEntry("action", "deny")
                .containsEntry("layer", "host")
                .containsEntry("path", "/spec/template/spec/hostNetwork")
                .containsEntry("value", "hostNetwork")
                .containsEntry("fix", "set hostNetwork to false, or remove it");
        assertThat(properties.get("help")).endsWith("/hostNamespaces.md");
        assertThat(report.at("/summary/fail").asInt()).isEqualTo((int) results(report).stream()
                .filter(result -> result.startsWith("fail"))
                .count());
        assertThat(report.at("/summary/pass").asInt()).isPositive();
    }

    @Test
    void whatIsFilledInPasses() {
        ObjectNode report = object(
                ReportApi.WGPOLICYK8S, deployment("containers: [{name: app, image: nginxinc/nginx-unprivileged}]"));

        assertThat(results(report)).isNotEmpty().allMatch(result -> !result.startsWith("fail"));
        assertThat(report.path("results")
                        .valueStream()
                        .filter(result -> result.path("policy").asText().equals("readOnlyRootFilesystem"))
                        .map(result -> result.path("message").asText()))
                .singleElement()
                .asString()
                .startsWith("filled in when a pod is created: ");
    }

    @Test
    void workloadWithoutFindingsHasOneResult() {
        cluster.evaluateBy(new PolicySet(List.of(Policy.builtIn(Profile.PRIVILEGED)), List.of()));

        ObjectNode report = object(ReportApi.OPENREPORTS, deployment(UNSAFE));
        assertThat(results(report)).containsExactly("pass bulkhead");
        assertThat(report.at("/summary/pass").asInt()).isEqualTo(1);
    }

    @Test
    void manyFindingsAreCappedAndTheRestIsCounted() {
        String ports = IntStream.range(0, 40)
                .mapToObj(i -> "{containerPort: %d, hostPort: %d}".formatted(1_000 + i, 1_000 + i))
                .collect(Collectors.joining(", "));
        String containers = IntStream.range(0, 20)
                .mapToObj(i -> "{name: c-%d, image: nginx, ports: [%s]}".formatted(i, ports))
                .collect(Collectors.joining(", "));
        ObjectNode report = object(ReportApi.OPENREPORTS, deployment("containers: [" + containers + "]"));

        assertThat(report.path("results").size()).isBetween(10, ReportDocument.MOST_RESULTS + 1);
        assertThat(report.toString().length()).isLessThan(ReportDocument.MOST_BYTES + 16_000);
        JsonNode last = report.path("results").get(report.path("results").size() - 1);
        int fails = report.at("/summary/fail").asInt();
        long listed = results(report).stream()
                .filter(result -> result.startsWith("fail") && !result.endsWith(" bulkhead"))
                .count();
        assertThat(fails).isGreaterThanOrEqualTo(800);
        assertThat(last.path("result").asText()).isEqualTo("fail");
        assertThat(last.path("message").asText()).startsWith("and ").contains("fail: " + (fails - listed));
    }

    @Test
    void textsThatUsersChoseAreLinesOfALimitedLength() {
        ObjectNode report = object(ReportApi.OPENREPORTS, deployment("""
                        containers: [{name: app, image: nginx}]
                        volumes: [{name: v, hostPath: {path: "/a\\nb\\u202e%s"}}]
                        """.formatted("x".repeat(10_000))));

        report.path("results").forEach(result -> {
            assertThat(result.path("message").asText())
                    .hasSizeLessThanOrEqualTo(500)
                    .doesNotContain("\n", "\u202e");
            result.path("properties")
                    .forEach(property -> assertThat(property.asText())
                            .hasSizeLessThanOrEqualTo(300)
                            .doesNotContain("\n", "\u202e"));
        });
        assertThat(results(report)).contains("fail hostPathVolumes");
    }

    @Test
    void hashIsThatOfTheContentAlone() {
        assertThat(ReportDocument.of(deployment(UNSAFE)).hash())
                .isEqualTo(ReportDocument.of(deployment(UNSAFE)).hash())
                .isNotEqualTo(ReportDocument.of(deployment(UNSAFE.replace("hostNetwork", "hostPID")))
                        .hash());
    }

    @Test
    void namesOfReportsAreNamesThatTheApiServerTakes() {
        ScannedWorkload workload = deployment("x".repeat(253), UNSAFE);

        assertThat(ReportId.of(workload.id(), "d-1").name())
                .hasSizeLessThanOrEqualTo(253)
                .matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
        assertThat(ReportId.of(new WorkloadId("shop", "v1", "../../secrets", "a/../b"), "x")
                        .name())
                .matches("workload-workload-[0-9a-f]{8}");
        assertThat(ReportId.of(workload.id(), "d-1")).isNotEqualTo(ReportId.of(workload.id(), "d-2"));
    }
}

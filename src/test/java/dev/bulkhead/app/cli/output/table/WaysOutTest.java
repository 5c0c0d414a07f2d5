package dev.bulkhead.app.cli.output.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cli.output.TerminalStyle;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.PodExposure;
import dev.bulkhead.engine.report.ObjectOrigin;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportJson;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A scan's table ends with the workloads that lead furthest. */
class WaysOutTest {
    private static final TerminalStyle LOOK = new TerminalStyle(false, 100);

    private static ReportedWorkload workload(String name, boolean privileged) {
        JsonNode pod = Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop}
                spec: {containers: [{name: a, image: a, securityContext: {privileged: %s}}]}
                """.formatted(name, privileged));
        EvaluatedWorkload evaluated = new WorkloadEvaluation(
                        PolicySet.of(Profile.LEAST_PRIVILEGE),
                        ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                        Instant.EPOCH)
                .asRecreated(WorkloadKinds.builtIn().find(Field.root(pod)).orElseThrow(), Namespace.named("shop"));
        PodExposure pods = PodExposure.of(List.of(evaluated));
        return ReportedWorkload.of(evaluated, pod, ObjectOrigin.NO_FILE)
                .with(pods.exposure(pods.reach("shop", Optional.empty()), Optional.empty()));
    }

    private static String table(Stream<ReportedWorkload> workloads) {
        return TableReport.of(
                new Report("least-privilege", workloads.toList(), 0, List.of()), LOOK, TableOptions.DEFAULT);
    }

    @Test
    void namesTheWayInSteps() {
        assertThat(table(Stream.of(workload("safe", false), workload("wild", true))))
                .contains(
                        "\n1 workload with a way out:\n",
                        "node      Pod shop/wild\n          mounts the node's disk from /dev, and adds a job for cron to it: root"
                                + " on the node\n\n2 workloads: ");
    }

    @Test
    void endsWithTheWorstTen() {
        String table = table(IntStream.range(0, 12).mapToObj(i -> workload("w" + (char) ('a' + i), true)));

        assertThat(table).contains("12 workloads with a way out; the worst 10:\n");
        assertThat(table.substring(table.indexOf("with a way out")))
                .contains("Pod shop/wa\n", "Pod shop/wj\n")
                .doesNotContain("Pod shop/wk\n");
    }

    @Test
    void saysNothingWhereThereIsNone() {
        assertThat(table(Stream.of(workload("safe", false)))).doesNotContain("way out");
    }

    @Test
    void jsonHasTheWholeExposure() {
        JsonNode json = ReportJson.of(new Report("least-privilege", List.of(workload("wild", true)), 0, List.of()))
                .at("/workloads/0");

        assertThat(json.at("/reach/escape/to").asText()).isEqualTo("node");
        assertThat(json.at("/hull/holdsAllDemanded").asBoolean(true)).isFalse();
        assertThat(json.has("neighbours")).isTrue();
        assertThat(json.at("/neighbours").isNull()).isTrue();
    }
}

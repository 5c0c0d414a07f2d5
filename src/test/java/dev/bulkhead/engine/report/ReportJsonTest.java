package dev.bulkhead.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    private static ReportedWorkload privilegedPod() {
        JsonNode pod = Yaml.tree("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec: {containers: [{name: app, image: a, securityContext: {privileged: true}}]}
                """);
        return ReportedWorkload.of(
                new WorkloadEvaluation(PolicySet.of(Profile.BASELINE), Evaluations.CLUSTER, Evaluations.NOW)
                        .asRecreated(WorkloadKinds.builtIn().find(pod).orElseThrow(), Namespace.named("shop")),
                pod,
                ObjectOrigin.NO_FILE);
    }

    @Test
    void objectOfNoFileHasNoLines() {
        JsonNode json = ReportJson.of(new Report("baseline", List.of(privilegedPod()), 0, List.of()));

        JsonNode workload = json.at("/workloads/0");
        assertThat(workload.get("file").isNull()).isTrue();
        assertThat(workload.get("line").isNull()).isTrue();
        assertThat(workload.at("/namespace").textValue()).isEqualTo("shop");
        assertThat(workload.at("/findings/0/line").isNull()).isTrue();
        assertThat(workload.at("/findings/0/path").textValue())
                .isEqualTo("/spec/containers/0/securityContext/privileged");
        assertThat(workload.at("/findings/0/remedy/edits").isEmpty()).isFalse();
    }

    @Test
    void countsAreThoseOfTheVerdicts() {
        Report report = new Report(
                "baseline",
                List.of(privilegedPod(), privilegedPod()),
                3,
                List.of(new ReportedProblem("a.yaml", 0, 0, "permission denied")));

        assertThat(ReportJson.of(report).get("summary"))
                .hasToString("{\"workloads\":2,\"denied\":2,\"hardened\":0,\"warned\":0,\"passed\":0,\"errors\":1}");
        assertThat(report.rulesLeadingTo(Action.DENY)).containsExactly("privileged");
        assertThat(report.workloads().get(0).leadingTo(Action.DENY))
                .extracting(finding -> finding.rule().severity().label())
                .containsExactly("critical");
    }
}

package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.preview.HardenedImages;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import dev.bulkhead.engine.preview.OwnPods;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewJson;
import dev.bulkhead.engine.preview.PreviewedWorkload;
import dev.bulkhead.engine.preview.StartForecast;
import dev.bulkhead.engine.report.ObjectOrigin;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreviewTableTest {
    private static final TerminalStyle PLAIN = new TerminalStyle(false, 100);

    private static PreviewedWorkload workload(String name, String owner, String image, String more) {
        String manifest = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: " + name
                + "}, spec: {template: {spec: {" + more
                + "automountServiceAccountToken: false, containers: [{name: app, image: '" + image + "'}]}}}}";
        JsonNode given = Yaml.tree(manifest);
        ReportedWorkload report = ReportedWorkload.of(
                new WorkloadEvaluation(PolicySet.of(Profile.LEAST_PRIVILEGE), Evaluations.CLUSTER, Evaluations.NOW)
                        .asStored(
                                WorkloadKinds.builtIn()
                                        .find(Yaml.tree(manifest))
                                        .orElseThrow(),
                                Namespace.named("shop"),
                                Optional.empty()),
                given,
                ObjectOrigin.NO_FILE);
        OwnPods pods = new OwnPods();
        pods.add(
                new ObservedPod(
                        Set.of(),
                        List.of(new ObservedContainer("app", image, OptionalLong.of(1000), 0, true, Optional.empty()))),
                Map.of());
        StartForecast.Forecast forecast = new StartForecast(Evaluations.CLUSTER.images(), new HardenedImages())
                .of(report, new StartForecast.Known(Map.of("app", image), RuleSettings.DEFAULT, pods));
        return new PreviewedWorkload(
                report,
                Optional.of(owner).filter(label -> !label.isEmpty()),
                1,
                forecast.starts(),
                forecast.evidence());
    }

    private static final Preview PREVIEW = new Preview(
            "least-privilege",
            List.of(
                    workload("cart", "front", "registry.example/cart:1", ""),
                    workload("front", "", "nginxinc/nginx-unprivileged", ""),
                    workload("other", "", "nginxinc/nginx-unprivileged", ""),
                    workload("web", "front", "nginxinc/nginx-unprivileged", "hostPID: true, ")),
            2,
            List.of(),
            List.of("as if their mode were enforce: everything"));

    @Test
    void numbersComeFirstThenWorkloadsFromTheWorst() {
        assertThat(PreviewTable.of(PREVIEW, PLAIN, false)).isEqualTo("""
                Enforcing least-privilege here, of 4 workloads:
                     1  would be denied
                     1  would be hardened, and would not start or may not
                     2  would be hardened, and start
                     0  pass as they are
                  2 more workloads in namespaces that are excluded from admission: nothing changes for them.
                  Note: as if their mode were enforce: everything.

                Denied (1)
                  owner front, namespace shop
                    Deployment web  1 pod
                      deny hostNamespaces: pod must not set hostPID=true
                        set hostPID to false, or remove it

                Hardened, but may not start (1)
                  owner front, namespace shop
                    Deployment cart  1 pod
                      may not start: container "app" starts only if image registry.example/cart:1 names a numeric
                        user other than 0; else set runAsUser
                      may not start: container "app" can write only to its volumes and /tmp (up to 256Mi); name
                        other paths in annotation bulkhead.dev/scratch
                      filled in: allowPrivilegeEscalation, capabilities_restricted, runAsNonRoot,
                        seccompProfile_restricted, readOnlyRootFilesystem

                Hardened (2)
                  no owner, namespace shop
                    Deployment front, Deployment other
                      filled in: allowPrivilegeEscalation, capabilities_restricted, runAsNonRoot,
                        seccompProfile_restricted, readOnlyRootFilesystem

                Fix what is denied, or review the exemptions that -o exemptions writes. -v lists every edit.
                """);
    }

    @Test
    void everyEditAndAllEvidenceAreListedOnDemand() {
        String text = PreviewTable.of(PREVIEW, PLAIN, true);

        assertThat(text)
                .contains("replace /spec/template/spec/hostPID false")
                .contains("add /spec/template/spec/containers/0/securityContext {\"allowPrivilegeEscalation\":false}")
                .contains("known: container \"app\" runs as user 1000 now (the status of its pods)")
                .contains("known: image nginxinc/nginx-unprivileged runs as user 101");
    }

    @Test
    void jsonHasTheNumbersAndTheEvidence() {
        JsonNode json = PreviewJson.of(PREVIEW);

        assertThat(json.at("/kind").asText()).isEqualTo("PreviewReport");
        assertThat(json.at("/summary").toString())
                .isEqualTo("{\"workloads\":4,\"denied\":1,\"atRisk\":1,\"hardened\":2,\"passes\":0,\"warned\":0,"
                        + "\"excluded\":2,\"errors\":0}");
        assertThat(json.at("/workloads/0/outcome").asText()).isEqualTo("at-risk");
        assertThat(json.at("/workloads/0/owner").asText()).isEqualTo("front");
        assertThat(json.at("/workloads/1/owner").isNull()).isTrue();
        assertThat(json.at("/workloads/0/evidence/0").toString())
                .startsWith("{\"kind\":\"note\",\"container\":null,\"message\":\"container \\\"app\\\" starts only if")
                .endsWith("\"source\":null,\"starts\":\"unknown\"}");
    }
}

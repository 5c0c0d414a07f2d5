package dev.bulkhead.manifest.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.EvaluationTimeoutException;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.WorkloadKinds;
import dev.bulkhead.manifest.DocumentReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ManifestCheckTest {
    private static final String POD =
            "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: web}]}}\n";

    private static ManifestCheck check(PolicySet policies, Function<String, Namespace> namespaces, WorkMeter work) {
        return new ManifestCheck(
                WorkloadKinds.builtIn(),
                policies,
                ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                Instant.parse("2026-11-24T00:00:00Z"),
                "default",
                namespaces,
                work);
    }

    private static Report run(ManifestCheck check, String manifest, int mostReported) {
        return check.run("web.yaml", manifest.getBytes(UTF_8), new DocumentReader(), mostReported, "least-privilege");
    }

    @Test
    void endsWhenItsTimeIsOver() {
        ManifestCheck check =
                check(PolicySet.of(Profile.LEAST_PRIVILEGE), Namespace::named, WorkMeter.until(() -> true));

        assertThatThrownBy(() -> run(check, POD, 1_000)).isInstanceOf(EvaluationTimeoutException.class);
    }

    @Test
    void reportsNoMoreThanItMay() {
        int reported = run(unlimited(), POD, 1_000).workloads().stream()
                .mapToInt(entry ->
                        entry.findings().size() + entry.patch().operations().size())
                .sum();

        assertThat(reported).isPositive();
        assertThat(run(unlimited(), POD, reported).workloads()).hasSize(1);
        assertThatThrownBy(() -> run(unlimited(), POD, reported - 1)).isInstanceOf(ReportTooLargeException.class);
        assertThatThrownBy(() -> run(unlimited(), POD + "---\n" + POD, reported))
                .isInstanceOf(ReportTooLargeException.class);
    }

    @Test
    void warningsAndProblemsCountAsReported() {
        assertThatThrownBy(() -> run(unlimited(), "{kind: A, b: 1, b: 2, b: 3}\n", 1))
                .isInstanceOf(ReportTooLargeException.class);
        assertThatThrownBy(() -> run(unlimited(), "a: [\n---\nb: [\n", 1)).isInstanceOf(ReportTooLargeException.class);
        assertThat(run(unlimited(), "{kind: A, b: 1, b: 2, b: 3}\n", 2).warnings())
                .hasSize(2);
    }

    @Test
    void countsAnewWhenANamespaceComesAfterItsWorkloads() {
        String manifest = POD
                + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {bulkhead.dev/profile: sandboxed}}}\n";
        Report report = run(unlimited(), manifest, 1_000);
        int reported = report.workloads().get(0).findings().size()
                + report.workloads().get(0).patch().operations().size();

        assertThat(report.others()).isEqualTo(1);
        assertThat(run(unlimited(), manifest, reported).workloads()).hasSize(1);
    }

    @Test
    void asksForNamespacesThatAreNotAmongTheManifests() {
        Function<String, Namespace> known = name -> new Namespace(name, Map.of(PolicySet.PROFILE_LABEL, "sandboxed"));

        List<String> rules = run(check(PolicySet.of(Profile.LEAST_PRIVILEGE), known, WorkMeter.unlimited()), POD, 1_000)
                .workloads()
                .get(0)
                .findings()
                .stream()
                .map(finding -> finding.rule().id())
                .toList();

        assertThat(rules).contains("sandboxRuntime");
        assertThat(run(unlimited(), POD, 1_000).workloads().get(0).findings())
                .noneMatch(finding -> finding.rule().id().equals("sandboxRuntime"));
    }

    private static ManifestCheck unlimited() {
        return check(PolicySet.of(Profile.LEAST_PRIVILEGE), Namespace::named, WorkMeter.unlimited());
    }
}

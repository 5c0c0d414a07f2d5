package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Golden;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The worked example of the documentation is what it says it is. */
class DriftwoodTest {
    private static final Path FOLDER = Path.of("docs/driftwood");

    /** What each step takes away, and so what is left after it. */
    private static final Map<String, List<String>> CLOSED_BY = Map.of(
            "1-host", List.of("hostPathVolumes", "privileged", "runtimeSocket", "writableHostPath"),
            "2-identity", List.of("runAsNonRoot", "runAsUser"),
            "3-capabilities", List.of("capabilities_restricted"),
            "4-confinement", List.of("seccompProfile_restricted"),
            "5-read-only-root", List.of("readOnlyRootFilesystem"),
            "6-no-escalation", List.of("allowPrivilegeEscalation"),
            "7-secrets", List.of("secretsInEnv", "serviceAccountToken"),
            "8-user-namespace", List.of("userNamespace"),
            "9-sandbox", List.of("sandboxRuntime"));

    @TestFactory
    Stream<DynamicTest> everyStepClosesItsLayerAndNothingElse() throws IOException {
        List<String> notHardenedReason = new ArrayList<>(
                CLOSED_BY.values().stream().flatMap(List::stream).toList());
        return steps().stream().map(step -> {
            notHardenedReason.removeAll(CLOSED_BY.getOrDefault(step, List.of()));
            List<String> expected = List.copyOf(notHardenedReason);
            return DynamicTest.dynamicTest(
                    step,
                    () -> assertThat(findings(step).stream()
                                    .map(finding -> finding.rule().id())
                                    .distinct())
                            .containsExactlyInAnyOrderElementsOf(expected));
        });
    }

    @Test
    void documentationShowsWhatIsLeft() throws IOException {
        List<Layer> layers = List.of(
                Layer.HOST,
                Layer.IDENTITY,
                Layer.CAPABILITIES,
                Layer.CONFINEMENT,
                Layer.FILESYSTEM,
                Layer.SECRETS,
                Layer.DAEMON,
                Layer.SANDBOX);
        StringBuilder table = new StringBuilder("| step |");
        layers.forEach(layer -> table.append(' ').append(layer.label()).append(" |"));
        table.append("\n|---|").append("---|".repeat(layers.size())).append('\n');
        for (String step : steps()) {
            Map<Layer, String> notHardenedReason = findings(step).stream()
                    .collect(Collectors.groupingBy(
                            finding -> finding.rule().layer(),
                            Collectors.mapping(
                                    finding -> "[" + finding.rule().id() + "](../rules/"
                                            + finding.rule().id() + ".md)",
                                    Collectors.collectingAndThen(
                                            Collectors.toList(),
                                            ids -> ids.stream().distinct().collect(Collectors.joining(", "))))));
            table.append("| [").append(step).append("](").append(step).append(".yaml) |");
            layers.forEach(layer -> table.append(' ')
                    .append(notHardenedReason.getOrDefault(layer, "holds"))
                    .append(" |"));
            table.append('\n');
        }
        Golden.section(FOLDER.resolve("README.md"), "findings", table.toString());
    }

    @Test
    void carelessApplicationBecomesCompliantByHardeningAlone() {
        JsonNode careless = read("careless");
        PolicySet leastPrivilege = PolicySet.of(Profile.LEAST_PRIVILEGE);

        Verdict verdict = evaluate(careless, leastPrivilege);
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.HARDENED);

        Verdict after = evaluate(verdict.patch().applyTo(careless), leastPrivilege);
        assertThat(after.outcome()).isEqualTo(Verdict.Outcome.PASSED);
        assertThat(after.leadingTo(Action.HARDEN)).isEmpty();
        assertThat(evaluate(verdict.patch().applyTo(careless), PolicySet.of(Profile.RESTRICTED))
                        .outcome())
                .isEqualTo(Verdict.Outcome.PASSED);
    }

    @Test
    void lastStepNeedsNoHardening() {
        Verdict verdict = evaluate(read("9-sandbox"), PolicySet.of(Profile.SANDBOXED));

        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.edits()).isEmpty();
    }

    private static List<String> steps() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> steps = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]-.*\\.yaml"))
                    .map(name -> name.replace(".yaml", ""))
                    .sorted()
                    .toList();
            assertThat(steps).hasSize(CLOSED_BY.size() + 1);
            return steps;
        }
    }

    /** In what is written there: nobody fills in a sandbox, in which no user namespace is required. */
    private static final PolicySet AS_WRITTEN = Evaluations.policies("""
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: as-written}
            spec: {profile: sandboxed, rules: {sandboxRuntime: {action: deny}}}
            """);

    private static List<Finding> findings(String step) {
        List<Finding> findings = evaluate(read(step), AS_WRITTEN).findings().stream()
                .map(EvaluatedFinding::finding)
                .toList();
        assertThat(findings).allSatisfy(finding -> assertThat(RuleRegistry.ALL).contains(finding.rule()));
        return findings;
    }

    private static JsonNode read(String step) {
        return Yaml.file(FOLDER.resolve(step + ".yaml"));
    }

    private static Verdict evaluate(JsonNode deployment, PolicySet policies) {
        Workload workload = WorkloadKinds.builtIn().find(deployment).orElseThrow();
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asStored(workload, Namespace.named("driftwood"), Optional.empty())
                .verdict();
    }
}

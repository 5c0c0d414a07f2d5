package dev.bulkhead.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.RandomPods;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.evaluation.WorkloadUpdate;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The exported mutating policy fills in what hardening fills in, and the exported validating policies then admit what the
 * webhook admits. The rules that it does not fill in for deny in these policies.
 */
class MutationInCelTest {
    /** A cluster that knows of no image. */
    private static final ClusterCapabilities CLUSTER = new ClusterCapabilities(
            ClusterCapabilities.NEWEST_MINOR, Optional.empty(), ClaimLookup.NONE, ImageLookup.NONE);

    private static final String NOT_FILLED =
            "userNamespace: {action: deny}, readOnlyRootFilesystem: {action: deny}, sandboxRuntime: {action: deny}";

    private static final Namespace NAMESPACE = new Namespace("driftwood", Map.of("tier", "tenant"));
    private static final int GENERATED = 100;

    private static final String FILLING = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: filling}
            spec: {profile: least-privilege, rules: {serviceAccountToken: {action: harden}, %s}}
            """.formatted(NOT_FILLED);

    private static final String RESTRICTED = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: restricted}
            spec: {profile: %s, rules: {%s}}
            """;

    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s, namespace: bulkhead-system}
            spec:
              reason: r
              owner: o
              expires: 2027-01-01T00:00:00Z
              match: {namespaces: [driftwood]%s}
              allow: [%s]
            """;

    private static Map<String, PolicySet> policies() {
        Map<String, PolicySet> sets = new LinkedHashMap<>();
        sets.put("least-privilege", Evaluations.policies(FILLING));
        sets.put(
                "users of images must be known",
                Evaluations.policies(FILLING.replace("rules: {", "rules: {runAsNonRoot: {unknownUser: deny}, ")));
        sets.put(
                "restricted that hardens",
                Evaluations.policies(RESTRICTED.formatted(
                        "restricted", "allowPrivilegeEscalation: {action: harden}, runAsNonRoot: {action: harden}")));
        sets.put(
                "an old level that hardens, beside a level that denies",
                Evaluations.policies(
                        RESTRICTED.formatted(
                                "restricted@v1.24",
                                "capabilities_restricted: {action: harden}, runAsNonRoot: {action: harden},"
                                        + " seccompProfile_restricted: {action: harden}"),
                        RESTRICTED.replace("name: restricted", "name: other").formatted("restricted", "")));
        sets.put(
                "warn and audit fill in nothing",
                Evaluations.policies(FILLING.replace("spec: {", "spec: {mode: warn, ")));
        sets.put(
                "exemptions",
                Evaluations.policies(
                        FILLING,
                        EXEMPTION.formatted("one", ", containers: [a]", "{rule: runAsNonRoot, values: ['false']}"),
                        EXEMPTION.formatted("two", "", "{rule: capabilities_restricted, values: ['*']}")));
        sets.put(
                "exemption of a profile",
                Evaluations.policies(
                        FILLING,
                        EXEMPTION.formatted(
                                "pod", "", "{rule: seccompProfile_restricted, values: [Unconfined, unset]}")));
        sets.put(
                "another namespace",
                Evaluations.policies(FILLING.replace(
                        "spec: {", "spec: {match: {namespaceSelector: {matchLabels: {tier: other}}}, ")));
        return sets;
    }

    @TestFactory
    Stream<DynamicTest> fillsInAsTheEngineDoes() {
        return policies().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Comparison comparison = new Comparison(entry.getValue());
                    for (Path file : FixturesInCelTest.fixtures()) {
                        comparison.compare(file.toString(), (ObjectNode) Yaml.file(file));
                    }
                    for (int i = 0; i < GENERATED; i++) {
                        comparison.compare("generated pod " + i, RandomPods.pod(i, i % 25));
                    }
                    assertThat(comparison.differences).isEmpty();
                    assertThat(comparison.filled > 0)
                            .isEqualTo(!entry.getKey().startsWith("warn")
                                    && !entry.getKey().startsWith("another"));
                }));
    }

    @Test
    void debugContainersAreFilledInAlone() throws IOException {
        PolicySet policies = Evaluations.policies(FILLING);
        CelMutation mutation = new CelMutation(SecondLayerExport.of(policies, CLUSTER, Evaluations.NOW, Set.of())
                .mutating()
                .orElseThrow());
        int filled = 0;
        for (Path file : FixturesInCelTest.fixtures()) {
            ObjectNode before = (ObjectNode) CelMutation.withoutNulls(Yaml.file(file));
            if (before.at("/spec/ephemeralContainers").isArray()) {
                continue;
            }
            ObjectNode after = before.deepCopy();
            ObjectNode debug = ((ObjectNode) after.get("spec"))
                    .putArray("ephemeralContainers")
                    .addObject();
            debug.put("name", "debug").put("image", "registry.example/debug:1");
            WorkloadUpdate update = WorkloadUpdate.of(workload(before), workload(after));
            EvaluatedWorkload engine = new WorkloadEvaluation(policies, CLUSTER, Evaluations.NOW)
                    .asItArrives(update, NAMESPACE, Optional.of("jane"));
            ObjectNode patched = mutation.apply(Request.updating(before, after, NAMESPACE, "jane", Evaluations.NOW));
            ((ObjectNode) patched.get("metadata")).remove("creationTimestamp");
            JsonNode expected =
                    engine.verdict().only(id -> !id.equals("runAsUser")).patch().applyTo(after);
            assertThat(patched).as(file.toString()).isEqualTo(expected);
            filled += patched.equals(after) ? 0 : 1;
        }

        assertThat(filled).isPositive();
    }

    private static Workload workload(JsonNode object) {
        return WorkloadKinds.builtIn().find(object).orElseThrow();
    }

    private static final class Comparison {
        private final Optional<CelMutation> mutation;
        private final List<CelPolicy> validating;
        private final WorkloadEvaluation engine;
        private final List<String> differences = new ArrayList<>();
        private int filled;

        Comparison(PolicySet policies) {
            SecondLayer layer = SecondLayerExport.of(policies, CLUSTER, Evaluations.NOW, Set.of());
            this.mutation = layer.mutating().map(CelMutation::new);
            this.validating = layer.policies().stream()
                    .filter(policy -> policy.effect().equals("Deny"))
                    .filter(policy -> policy.scope().namespaces().matches(NAMESPACE.labels()))
                    .map(CelPolicy::new)
                    .toList();
            this.engine = new WorkloadEvaluation(policies, CLUSTER, Evaluations.NOW);
        }

        void compare(String what, ObjectNode pod) {
            ObjectNode original = (ObjectNode) CelMutation.withoutNulls(pod);
            Verdict verdict = engine.asItArrives(workload(original), NAMESPACE, Optional.of("jane"))
                    .verdict();
            JsonNode expected = verdict.patch().applyTo(original);
            ObjectNode patched = patched(original);
            if (!patched.equals(expected)) {
                differences.add(what + ": the engine makes " + expected + ", CEL " + patched);
                return;
            }
            filled += patched.equals(original) ? 0 : 1;
            if (!patched(patched).equals(patched)) {
                differences.add(what + ": a second pass changes " + patched);
            }
            Set<String> denied = new TreeSet<>();
            verdict.leadingTo(Action.DENY)
                    .forEach(one -> denied.add(one.finding().rule().id()));
            denied.remove("secretsInEnv");
            Set<String> violated = new TreeSet<>();
            for (CelPolicy policy : validating) {
                policy.violations(Request.creating(patched, NAMESPACE, "jane", Evaluations.NOW))
                        .forEach(text -> violated.add(text.substring(0, text.indexOf(": "))));
            }
            if (!violated.equals(denied)) {
                differences.add(what + ": the engine denies by " + denied + ", CEL by " + violated);
            }
        }

        private ObjectNode patched(ObjectNode pod) {
            return mutation.map(one -> one.apply(Request.arriving(pod, NAMESPACE, "jane")))
                    .orElse(pod);
        }
    }
}

package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A pod is given a sandbox or a user namespace, never both: gVisor starts no pod that has both. */
class SandboxedUsersTest {
    private static final JsonNode POD = Yaml.tree("""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: driftwood}
            spec: {containers: [{name: app, image: "registry.example/app:1"}]}
            """);
    private static final String SANDBOXED = policy("sandboxed", "sandboxed", "{}");
    private static final String EXEMPT = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: native, namespace: bulkhead-system}
            spec:
              reason: r
              owner: o
              expires: 2027-01-01T00:00:00Z
              match: {namespaces: [driftwood]}
              allow: [{rule: sandboxRuntime, values: [unset]}]
            """;

    private static String policy(String name, String profile, String rules) {
        return """
                apiVersion: bulkhead.dev/v1alpha1
                kind: LeastPrivilegePolicy
                metadata: {name: %s}
                spec: {profile: %s, rules: %s}
                """.formatted(name, profile, rules);
    }

    private static Verdict evaluate(JsonNode pod, PolicySet policies, ClusterCapabilities cluster) {
        return new WorkloadEvaluation(policies, cluster, Evaluations.NOW)
                .asItArrives(
                        WorkloadKinds.builtIn().find(pod).orElseThrow(), Namespace.named("driftwood"), Optional.empty())
                .verdict();
    }

    private static JsonNode hardened(PolicySet policies, ClusterCapabilities cluster) {
        Verdict first = evaluate(POD, policies, cluster);
        JsonNode result = first.patch().applyTo(POD);
        Verdict second = evaluate(result, policies, cluster);
        assertThat(second.patch().applyTo(result)).as("twice equals once").isEqualTo(result);
        return result.path("spec");
    }

    @Test
    void sandboxComesWithoutAUserNamespace() {
        JsonNode spec = hardened(Evaluations.policies(SANDBOXED), Evaluations.CLUSTER);

        assertThat(spec.path("runtimeClassName").asText()).isEqualTo("gvisor");
        assertThat(spec.has("hostUsers")).isFalse();
    }

    @Test
    void whatIsHardenedPassesTheSamePolicy() {
        PolicySet policies = Evaluations.policies(SANDBOXED);
        Verdict first = evaluate(POD, policies, Evaluations.CLUSTER);

        assertThat(first.outcome()).isEqualTo(Verdict.Outcome.HARDENED);
        assertThat(evaluate(first.patch().applyTo(POD), policies, Evaluations.CLUSTER)
                        .findings())
                .noneMatch(one -> one.finding().rule().id().equals("userNamespace"));
    }

    @Test
    void policiesTogetherGiveTheSandboxOnly() {
        JsonNode spec = hardened(
                Evaluations.policies(
                        policy("a", "privileged", "{userNamespace: {action: harden}}"),
                        policy("b", "privileged", "{sandboxRuntime: {action: harden, classes: [kata]}}")),
                Evaluations.CLUSTER);

        assertThat(spec.path("runtimeClassName").asText()).isEqualTo("kata");
        assertThat(spec.has("hostUsers")).isFalse();
    }

    @Test
    void podThatIsExemptFromTheSandboxGetsAUserNamespace() {
        JsonNode spec = hardened(Evaluations.policies(SANDBOXED, EXEMPT), Evaluations.CLUSTER);

        assertThat(spec.has("runtimeClassName")).isFalse();
        assertThat(spec.path("hostUsers").asBoolean(true)).isFalse();
    }

    @Test
    void soDoesAPodWhereTheClusterHasNoSandbox() {
        JsonNode spec = hardened(
                Evaluations.policies(SANDBOXED),
                new ClusterCapabilities(ClusterCapabilities.NEWEST_MINOR, Optional.of(Set.of("crun"))));

        assertThat(spec.has("runtimeClassName")).isFalse();
        assertThat(spec.path("hostUsers").asBoolean(true)).isFalse();
    }
}

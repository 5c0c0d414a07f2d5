package dev.bulkhead.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Several demands on one workload: what one of them fills in is filled in first, then the strictest evaluate the result. */
class StrictestActionTest {
    private static final String PLAIN =
            "{apiVersion: v1, kind: Pod, metadata: {name: plain}, spec: {containers: [{name: c, image: x}]}}";

    private static String policy(String name, String spec) {
        return "{apiVersion: bulkhead.dev/v1alpha1, kind: LeastPrivilegePolicy, metadata: {name: " + name + "}, spec: {"
                + spec + "}}";
    }

    private static Verdict evaluate(PolicySet policies, Map<String, String> namespaceLabels) {
        return Evaluations.evaluate(
                PLAIN, policies, new Namespace("driftwood", namespaceLabels), Evaluations.NOW, Optional.empty());
    }

    @Test
    void stricterPolicyBesideAHardeningOneLeavesAPlainPodHardened() {
        PolicySet two =
                Evaluations.policies(policy("a", "profile: least-privilege"), policy("b", "profile: restricted"));

        assertThat(evaluate(two, Map.of()).outcome()).isEqualTo(Verdict.Outcome.HARDENED);
    }

    @Test
    void podSecurityLabelBesideAHardeningPolicyLeavesAPlainPodHardened() {
        PolicySet labels = Evaluations.policies(policy("lp", "podSecurityLabels: true"));

        for (String mode : List.of("enforce", "audit", "warn")) {
            Verdict verdict = evaluate(labels, Map.of("pod-security.kubernetes.io/" + mode, "restricted"));

            assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.HARDENED);
            assertThat(verdict.podSecuritySentences(Action.WARN)).isEmpty();
        }
    }

    @Test
    void bulkheadLabelBesideAHardeningPolicyLeavesAPlainPodHardened() {
        PolicySet alone = Evaluations.policies(policy("a", "profile: least-privilege"));

        assertThat(evaluate(alone, Map.of("bulkhead.dev/profile", "restricted")).outcome())
                .isEqualTo(Verdict.Outcome.HARDENED);
    }

    @Test
    void whatNoPolicyHardensIsStillDenied() {
        PolicySet warning = Evaluations.policies(
                policy("a", "profile: least-privilege, mode: warn"), policy("b", "profile: restricted"));

        assertThat(evaluate(warning, Map.of()).outcome()).isEqualTo(Verdict.Outcome.DENIED);
    }

    @Test
    void whatWasNotFilledInIsDeniedOnceItIsStored() {
        PolicySet two =
                Evaluations.policies(policy("a", "profile: least-privilege"), policy("b", "profile: restricted"));

        Verdict stored = evaluate(two, Map.of()).afterHardening();

        assertThat(stored.outcome()).isEqualTo(Verdict.Outcome.DENIED);
        assertThat(stored.podSecuritySentences(Action.DENY))
                .singleElement()
                .asString()
                .startsWith("violates PodSecurity \"restricted:latest\": ");
    }

    @Provide
    Arbitrary<ObjectNode> pods() {
        return RandomPods.any();
    }

    @Provide
    Arbitrary<PolicySet> mixtures() {
        return Arbitraries.of(
                        "restricted",
                        "restricted@v1.19",
                        "restricted@v1.24",
                        "restricted@v1.34",
                        "baseline",
                        "sandboxed")
                .map(other -> Evaluations.policies(
                        policy("a", "profile: least-privilege"), policy("b", "profile: " + other)));
    }

    /** The verdict on the pod as it arrives foretells the verdict on the pod as it is stored. */
    @Property(tries = 3_000)
    void verdictIsThatOfTheHardenedPod(@ForAll("pods") ObjectNode pod, @ForAll("mixtures") PolicySet policies) {
        Verdict arriving = evaluate(pod, policies);
        Verdict stored = evaluate(arriving.patch().applyTo(pod), policies).afterHardening();

        assertThat(stored.outcome() == Verdict.Outcome.DENIED)
                .as("%s%n%s", pod, stored.leadingTo(Action.DENY))
                .isEqualTo(arriving.outcome() == Verdict.Outcome.DENIED);
    }

    private static Verdict evaluate(JsonNode pod, PolicySet policies) {
        Workload workload = WorkloadKinds.builtIn().find(pod).orElseThrow();
        return new WorkloadEvaluation(policies, Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(workload, Namespace.named("driftwood"), Optional.empty())
                .verdict();
    }
}

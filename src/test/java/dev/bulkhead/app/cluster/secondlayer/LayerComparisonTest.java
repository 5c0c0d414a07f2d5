package dev.bulkhead.app.cluster.secondlayer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.policy.PolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayerComparisonTest {
    private static final WorkloadScope SCOPE = new WorkloadScope(Set.of("kube-system"), List.of());
    private static final Slots SLOTS = new Slots("bulkhead", 1);
    private static final PolicySet POLICIES = Evaluations.policies("""
            apiVersion: bulkhead.dev/v1alpha1
            kind: LeastPrivilegePolicy
            metadata: {name: a}
            spec: {profile: baseline, namespaceLabels: ignore}
            """);

    private final List<JsonNode> bindings = SLOTS.all().stream()
            .map(slot -> {
                ObjectNode binding =
                        SlotBinding.spec(slot, SCOPE.excludedNamespaces()).objectNode();
                binding.putObject("metadata").put("name", slot.name()).put("uid", "u");
                binding.set("spec", SlotBinding.spec(slot, SCOPE.excludedNamespaces()));
                return (JsonNode) binding;
            })
            .toList();

    private List<JsonNode> stored() {
        ExpectedLayer expected = ExpectedLayer.of(POLICIES, 37, Evaluations.NOW, SCOPE);
        List<JsonNode> stored = new ArrayList<>(bindings);
        Placement.of(expected.policies(), SLOTS.all(), Map.of())
                .placed()
                .forEach((slot, policy) -> stored.add(policy.in(slot, "bulkhead", bindings.get(0))));
        return stored;
    }

    private static List<String> differences(PolicySet policies, List<JsonNode> stored) {
        return LayerComparison.of(SLOTS, policies, 37, Evaluations.NOW, SCOPE, stored)
                .differences();
    }

    @Test
    void findsNothingWhereAllIsInStep() {
        LayerComparison comparison = LayerComparison.of(SLOTS, POLICIES, 37, Evaluations.NOW, SCOPE, stored());

        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.expected()).isEqualTo(1);
    }

    @Test
    void namesWhatIsMissing() {
        assertThat(differences(POLICIES, bindings))
                .containsExactly("ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (policy a) is missing");
    }

    @Test
    void namesWhatIsNoLongerInForce() {
        assertThat(differences(Evaluations.policies(), stored()))
                .containsExactly("ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (bulkhead-a-levels-deny) is no"
                        + " longer exported");
    }

    @Test
    void namesWhatSaysSomethingElse() {
        List<JsonNode> stored = stored();
        ((ObjectNode) stored.get(stored.size() - 1).path("spec")).put("failurePolicy", "Ignore");

        assertThat(differences(POLICIES, stored))
                .containsExactly(
                        "ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (policy a) does not say what is"
                                + " in force");
    }

    @Test
    void namesBindingsThatAreMissingOrChanged() {
        List<JsonNode> stored = new ArrayList<>(stored());
        stored.remove(0);
        ((ObjectNode) stored.get(0).path("spec")).put("policyName", "other");

        assertThat(differences(POLICIES, stored))
                .containsExactly(
                        "ValidatingAdmissionPolicyBinding bulkhead-second-layer-warn-1 is not as installed",
                        "bulkhead-a-levels-deny (policy a) is not in the second layer: its binding is missing",
                        "ValidatingAdmissionPolicy bulkhead-second-layer-deny-1 (bulkhead-a-levels-deny) is no longer"
                                + " exported");
    }
}

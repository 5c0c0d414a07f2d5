package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.policy.PolicySet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is in a cluster, compared with what the policies and exemptions in force say.
 *
 * @param expected how many policies there should be
 * @param differences each a phrase; none if all is in step
 */
public record LayerComparison(int expected, List<String> differences) {
    public LayerComparison {
        differences = List.copyOf(differences);
    }

    /**
     * Compares.
     *
     * @param stored the policies and bindings with the label of the installation, in any order
     */
    public static LayerComparison of(
            Slots slots, PolicySet policies, int minor, Instant now, WorkloadScope scope, Collection<JsonNode> stored) {
        Map<String, JsonNode> storedPolicies = new TreeMap<>();
        Map<String, JsonNode> bindings = new TreeMap<>();
        for (JsonNode object : stored) {
            (object.path("spec").has("policyName") ? bindings : storedPolicies)
                    .put(object.at("/metadata/name").asText(), object);
        }
        ExpectedLayer expected = ExpectedLayer.of(policies, minor, now, scope);
        LayerState state = LayerState.of(
                slots,
                expected,
                scope,
                kind -> ofKind(slots, kind, storedPolicies),
                kind -> ofKind(slots, kind, bindings));
        List<String> differences = new ArrayList<>(state.problems());
        state.placement().placed().forEach((slot, policy) -> {
            Optional<JsonNode> there = Optional.ofNullable(storedPolicies.get(slot.name()));
            if (there.isEmpty()) {
                differences.add(LayerState.named(slot, policy) + " is missing");
            } else if (!there.get().path("spec").equals(policy.spec())) {
                differences.add(LayerState.named(slot, policy) + " does not say what is in force");
            }
        });
        state.leftovers()
                .forEach(left -> differences.add(
                        left.kind().kind() + " " + left.name() + " (" + left.export() + ") is no longer exported"));
        return new LayerComparison(expected.policies().size(), differences);
    }

    private static Map<String, JsonNode> ofKind(Slots slots, PolicyKind kind, Map<String, JsonNode> objects) {
        Map<String, JsonNode> ofKind = new TreeMap<>();
        objects.forEach((name, object) -> {
            if (slots.named(kind, name).isPresent()) {
                ofKind.put(name, object);
            }
        });
        return ofKind;
    }
}

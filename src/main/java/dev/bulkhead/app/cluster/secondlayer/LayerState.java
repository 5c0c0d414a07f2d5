package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What should be in which slot, given what is stored.
 *
 * @param problems what only the installer can mend, each a phrase
 * @param leftovers what is stored and no longer exported
 */
record LayerState(Placement placement, List<String> problems, List<Leftover> leftovers) {
    LayerState {
        problems = List.copyOf(problems);
        leftovers = List.copyOf(leftovers);
    }

    /** A stored policy that is no longer exported. */
    record Leftover(PolicyKind kind, String name, String export) {}

    /**
     * Compares what should be with what is.
     *
     * @param policies those that are stored, by name
     * @param bindings the same of bindings
     */
    static LayerState of(
            Slots slots,
            ExpectedLayer expected,
            WorkloadScope scope,
            Function<PolicyKind, Map<String, JsonNode>> policies,
            Function<PolicyKind, Map<String, JsonNode>> bindings) {
        List<String> problems = new ArrayList<>();
        List<Slot> usable = new ArrayList<>();
        Map<String, String> occupants = new HashMap<>();
        for (PolicyKind kind : PolicyKind.values()) {
            Map<String, JsonNode> ofKind = bindings.apply(kind);
            for (Slot slot : slots.of(kind)) {
                JsonNode binding = ofKind.get(slot.name());
                if (binding == null) {
                    continue;
                }
                usable.add(slot);
                if (!SlotBinding.isAsInstalled(binding, slot, scope)) {
                    problems.add(kind.bindingKind() + " " + slot.name() + " is not as installed");
                }
            }
            policies.apply(kind).forEach((name, stored) -> occupants.put(name, ExportedPolicy.exportIn(stored)));
        }
        Placement placement = Placement.of(expected.policies(), usable, occupants);
        placement.unplaced().forEach(policy -> problems.add(noSlot(policy, usable)));
        List<Leftover> leftovers = new ArrayList<>();
        for (PolicyKind kind : PolicyKind.values()) {
            policies.apply(kind).forEach((name, stored) -> {
                if (placement.placed().keySet().stream()
                        .noneMatch(slot -> slot.kind() == kind && slot.name().equals(name))) {
                    leftovers.add(new Leftover(kind, name, ExportedPolicy.exportIn(stored)));
                }
            });
        }
        return new LayerState(placement, problems, leftovers);
    }

    private static String noSlot(ExportedPolicy policy, List<Slot> usable) {
        long slots = usable.stream().filter(slot -> slot.takes(policy)).count();
        return policy.name() + " (" + policy.about() + ") is not in the second layer: "
                + (slots == 0
                        ? "its binding is missing"
                        : "all " + slots + " bindings with the effect " + policy.effect() + " are taken");
    }

    /** A policy with what it says. */
    static String named(Slot slot, ExportedPolicy policy) {
        return slot.kind().kind() + " " + slot.name() + " (" + policy.about() + ")";
    }
}

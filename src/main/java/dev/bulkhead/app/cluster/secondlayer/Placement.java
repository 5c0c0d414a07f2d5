package dev.bulkhead.app.cluster.secondlayer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which policy is in which slot. One that has a slot keeps it, so that nothing is rewritten because a policy is added or
 * removed.
 *
 * @param placed in the order of the policies
 * @param unplaced for which there is no slot
 */
record Placement(Map<Slot, ExportedPolicy> placed, List<ExportedPolicy> unplaced) {
    Placement {
        placed = Collections.unmodifiableMap(new LinkedHashMap<>(placed));
        unplaced = List.copyOf(unplaced);
    }

    /**
     * Finds a slot for each.
     *
     * @param slots those that can be used
     * @param occupants the names of the exports that are stored, by the names of their slots
     */
    static Placement of(List<ExportedPolicy> policies, List<Slot> slots, Map<String, String> occupants) {
        Map<Slot, ExportedPolicy> placed = new LinkedHashMap<>();
        List<ExportedPolicy> others = new ArrayList<>();
        for (ExportedPolicy policy : policies) {
            slots.stream()
                    .filter(slot -> slot.takes(policy)
                            && !placed.containsKey(slot)
                            && policy.name().equals(occupants.get(slot.name())))
                    .findFirst()
                    .ifPresentOrElse(slot -> placed.put(slot, policy), () -> others.add(policy));
        }
        List<ExportedPolicy> unplaced = new ArrayList<>();
        for (ExportedPolicy policy : others) {
            // Empty ones first: what another one replaces is then deleted only after all others are written.
            Optional<Slot> free = slots.stream()
                    .filter(slot -> slot.takes(policy) && !placed.containsKey(slot))
                    .min(Comparator.comparing(slot -> occupants.containsKey(slot.name())));
            free.ifPresentOrElse(slot -> placed.put(slot, policy), () -> unplaced.add(policy));
        }
        return new Placement(placed, unplaced);
    }
}

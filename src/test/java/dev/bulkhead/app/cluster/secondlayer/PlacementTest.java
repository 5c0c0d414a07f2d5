package dev.bulkhead.app.cluster.secondlayer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final List<Slot> SLOTS = new Slots("bulkhead", 3).all();

    private static ExportedPolicy policy(String name, String effect) {
        return new ExportedPolicy(name, name, PolicyKind.VALIDATING, effect, JsonNodeFactory.instance.objectNode());
    }

    private static Map<String, String> placed(Placement placement) {
        Map<String, String> names = new TreeMap<>();
        placement.placed().forEach((slot, policy) -> names.put(slot.name(), policy.name()));
        return names;
    }

    @Test
    void givesEachASlotWithItsEffect() {
        Placement placement =
                Placement.of(List.of(policy("a", "Deny"), policy("b", "Warn"), policy("c", "Deny")), SLOTS, Map.of());

        assertThat(placed(placement))
                .isEqualTo(Map.of(
                        "bulkhead-second-layer-deny-1", "a",
                        "bulkhead-second-layer-warn-1", "b",
                        "bulkhead-second-layer-deny-2", "c"));
        assertThat(placement.unplaced()).isEmpty();
    }

    @Test
    void whatHasASlotKeepsIt() {
        Placement placement = Placement.of(
                List.of(policy("a", "Deny"), policy("b", "Deny"), policy("c", "Deny")),
                SLOTS,
                Map.of("bulkhead-second-layer-deny-1", "c", "bulkhead-second-layer-deny-3", "a"));

        assertThat(placed(placement))
                .isEqualTo(Map.of(
                        "bulkhead-second-layer-deny-1", "c",
                        "bulkhead-second-layer-deny-2", "b",
                        "bulkhead-second-layer-deny-3", "a"));
    }

    @Test
    void emptySlotsAreTakenBeforeThoseOfWhatIsGone() {
        Placement placement =
                Placement.of(List.of(policy("new", "Deny")), SLOTS, Map.of("bulkhead-second-layer-deny-1", "gone"));

        assertThat(placed(placement)).isEqualTo(Map.of("bulkhead-second-layer-deny-2", "new"));
    }

    @Test
    void namesWhatHasNoSlot() {
        Placement placement = Placement.of(
                List.of(policy("a", "Deny"), policy("b", "Deny")),
                SLOTS.subList(0, 1),
                Map.of("bulkhead-second-layer-deny-1", "b"));

        assertThat(placed(placement)).isEqualTo(Map.of("bulkhead-second-layer-deny-1", "b"));
        assertThat(placement.unplaced()).extracting(ExportedPolicy::name).containsExactly("a");
    }
}

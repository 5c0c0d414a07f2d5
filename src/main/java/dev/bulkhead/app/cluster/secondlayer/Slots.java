package dev.bulkhead.app.cluster.secondlayer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The places for exported policies. There is a fixed number of them, because RBAC permits writing by name only, and the
 * names of policies are not known beforehand.
 *
 * @param installation the name of the installation
 * @param each how many there are for each effect
 */
public record Slots(String installation, int each) {
    /** The label of policies and bindings; its value is the name of the installation. */
    public static final String LABEL = "bulkhead.dev/second-layer";

    private static final List<String> EFFECTS = List.of("Deny", "Warn", "Audit");

    /** All of them, those that validate first. */
    public List<Slot> all() {
        List<Slot> all = new ArrayList<>();
        for (String effect : EFFECTS) {
            for (int i = 1; i <= each; i++) {
                all.add(new Slot(prefix() + effect.toLowerCase(Locale.ROOT) + "-" + i, PolicyKind.VALIDATING, effect));
            }
        }
        all.add(new Slot(prefix() + "harden", PolicyKind.MUTATING, ""));
        return List.copyOf(all);
    }

    /** Those of that kind. */
    public List<Slot> of(PolicyKind kind) {
        return all().stream().filter(slot -> slot.kind() == kind).toList();
    }

    Optional<Slot> named(PolicyKind kind, String name) {
        return of(kind).stream().filter(slot -> slot.name().equals(name)).findFirst();
    }

    private String prefix() {
        return installation + "-second-layer-";
    }
}

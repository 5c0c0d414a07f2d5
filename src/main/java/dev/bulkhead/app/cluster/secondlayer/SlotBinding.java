package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.export.AdmissionScope;
import dev.bulkhead.engine.policy.LabelSelector;
import java.util.Set;
import java.util.TreeSet;

/** The binding of a slot, as it has to be installed. It belongs to the installer, and Bulkhead may not change it. */
public final class SlotBinding {
    private SlotBinding() {}

    /** Its specification, without what the API server sets. */
    public static ObjectNode spec(Slot slot, Set<String> excludedNamespaces) {
        AdmissionScope scope = new AdmissionScope(LabelSelector.EVERYTHING, excludedNamespaces);
        ObjectNode spec = scope.namespaceSelector().objectNode();
        spec.put("policyName", slot.name());
        if (!slot.effect().isEmpty()) {
            spec.putArray("validationActions").add(slot.effect());
        }
        ObjectNode resources = spec.putObject("matchResources");
        resources.set("namespaceSelector", scope.namespaceSelector());
        resources.set("resourceRules", rules(slot, scope));
        return spec;
    }

    private static JsonNode rules(Slot slot, AdmissionScope scope) {
        JsonNode rules = slot.kind() == PolicyKind.MUTATING ? AdmissionScope.filling() : scope.constraints();
        return rules.path("resourceRules");
    }

    /** Whether a stored one is as it has to be installed. */
    public static boolean isAsInstalled(JsonNode stored, Slot slot, WorkloadScope scope) {
        JsonNode actual = stored.path("spec").deepCopy();
        if (actual.get("matchResources") instanceof ObjectNode resources) {
            if (resources.path("matchPolicy").asText().equals("Equivalent")) {
                resources.remove("matchPolicy");
            }
            if (resources.path("objectSelector").isEmpty()) {
                resources.remove("objectSelector");
            }
        }
        return sorted(actual).equals(sorted(spec(slot, scope.excludedNamespaces())));
    }

    /** With the values of selectors in order, which says nothing. */
    private static JsonNode sorted(JsonNode spec) {
        for (JsonNode expression : spec.at("/matchResources/namespaceSelector/matchExpressions")) {
            if (expression instanceof ObjectNode object && object.path("values").isArray()) {
                Set<String> values = new TreeSet<>();
                object.path("values").forEach(value -> values.add(value.asText()));
                values.forEach(object.putArray("values")::add);
            }
        }
        return spec;
    }
}

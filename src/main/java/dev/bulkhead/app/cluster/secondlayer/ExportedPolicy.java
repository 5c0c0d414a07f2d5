package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.webhook.WorkloadScope;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.export.AdmissionScope;
import dev.bulkhead.engine.export.MutatingPolicy;
import dev.bulkhead.engine.export.ValidatingPolicy;
import dev.bulkhead.engine.policy.LabelSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A policy for a slot. It selects namespaces itself, since the binding there belongs to the installer.
 *
 * @param name of the export; no two have the same
 * @param about what it says in CEL, for people
 * @param effect of the binding that it needs; empty if it fills in
 * @param spec as the API server stores it, with every default that it would set
 */
record ExportedPolicy(String name, String about, PolicyKind kind, String effect, ObjectNode spec) {
    /** The annotation with the name of the export. */
    static final String EXPORT = "bulkhead.dev/second-layer-export";

    static ExportedPolicy of(ValidatingPolicy policy, WorkloadScope scope) {
        ObjectNode spec = (ObjectNode) policy.policy().get("spec");
        select(spec, policy.scope(), scope.conditions());
        ObjectNode validation = (ObjectNode) spec.at("/validations/0");
        validation.put(
                "messageExpression",
                Cel.text("policy " + policy.of() + ": ") + " + "
                        + validation.path("messageExpression").asText());
        return new ExportedPolicy(policy.name(), "policy " + policy.of(), PolicyKind.VALIDATING, policy.effect(), spec);
    }

    static ExportedPolicy of(MutatingPolicy policy, WorkloadScope scope) {
        ObjectNode spec = (ObjectNode) policy.policy().get("spec");
        select(spec, new AdmissionScope(LabelSelector.EVERYTHING, policy.excluded()), scope.conditions());
        return new ExportedPolicy(policy.name(), "what is filled in", PolicyKind.MUTATING, "", spec);
    }

    private static void select(ObjectNode spec, AdmissionScope scope, List<WorkloadScope.Condition> conditions) {
        ObjectNode constraints = spec.withObjectProperty("matchConstraints");
        constraints.set("namespaceSelector", scope.namespaceSelector());
        constraints.putObject("objectSelector");
        constraints.put("matchPolicy", "Equivalent");
        ArrayNode all = spec.withArrayProperty("matchConditions");
        Set<String> names = new HashSet<>();
        all.forEach(own -> names.add(own.path("name").asText()));
        for (WorkloadScope.Condition condition : conditions) {
            all.addObject()
                    .put("name", names.contains(condition.name()) ? "webhook-" + condition.name() : condition.name())
                    .put("expression", condition.expression());
        }
        if (all.isEmpty()) {
            spec.remove("matchConditions");
        }
    }

    /** The object in that slot, which is deleted together with the slot's binding. */
    ObjectNode in(Slot slot, String installation, JsonNode binding) {
        ObjectNode object = spec.objectNode();
        object.put("apiVersion", PolicyKind.GROUP + "/" + PolicyKind.VERSION).put("kind", kind.kind());
        ObjectNode metadata = object.putObject("metadata").put("name", slot.name());
        metadata.putObject("labels").put(Slots.LABEL, installation);
        metadata.putObject("annotations").put(EXPORT, name);
        ArrayNode owners = metadata.putArray("ownerReferences");
        owners.addObject()
                .put("apiVersion", PolicyKind.GROUP + "/" + PolicyKind.VERSION)
                .put("kind", kind.bindingKind())
                .put("name", slot.name())
                .put("uid", binding.at("/metadata/uid").asText());
        object.set("spec", spec);
        return object;
    }

    /** Whether a stored object is marked as this one, for that installation, and is deleted with that binding. */
    boolean isMarked(JsonNode stored, String installation, JsonNode binding) {
        return stored.path("metadata").path("labels").path(Slots.LABEL).asText().equals(installation)
                && exportIn(stored).equals(name)
                && stored.at("/metadata/ownerReferences/0/uid").equals(binding.at("/metadata/uid"));
    }

    /** The name of the export that a stored object is of; empty if unknown. */
    static String exportIn(JsonNode stored) {
        return stored.path("metadata").path("annotations").path(EXPORT).asText();
    }
}

package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.export.SecondLayer.Limit;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.List;
import java.util.Set;

/**
 * A MutatingAdmissionPolicy and its binding, which have the same name: what is unset in pods that are being created, and in
 * debug containers that are being added, is filled in. Nothing is changed or removed.
 *
 * @param excluded the namespaces that it is not asked about, by name
 * @param variables in the order in which they read one another
 * @param rules the ids of the rules that it fills in for
 * @param limits what it does not fill in, or differently
 */
public record MutatingPolicy(
        String name, Set<String> excluded, List<Variable> variables, List<String> rules, List<Limit> limits) {
    /** The first minor version of Kubernetes 1 that has this kind in the API version that is written. */
    public static final int SINCE_MINOR = 36;

    /** The variable that lists the additions, each a map of the pointer and the value. */
    static final String ADDITIONS = "additions";

    private static final String API_VERSION = "admissionregistration.k8s.io/v1";

    public MutatingPolicy {
        excluded = ImmutableCopies.of(excluded);
        variables = List.copyOf(variables);
        rules = List.copyOf(rules);
        limits = List.copyOf(limits);
    }

    /** The same under that name. */
    public MutatingPolicy named(String newName) {
        return new MutatingPolicy(newName, excluded, variables, rules, limits);
    }

    /** The expression that makes the patch. */
    public String expression() {
        return "variables." + ADDITIONS + ".map(a, JSONPatch{op: 'add', path: a.path, value: a.value})";
    }

    /** The policy as the API server reads it. */
    public ObjectNode policy() {
        ObjectNode object = object("MutatingAdmissionPolicy");
        ObjectNode spec = object.putObject("spec");
        spec.put("failurePolicy", "Fail");
        // Once more after what others add.
        spec.put("reinvocationPolicy", "IfNeeded");
        spec.set("matchConstraints", AdmissionScope.filling());
        ArrayNode list = spec.putArray("variables");
        variables.forEach(
                variable -> list.addObject().put("name", variable.name()).put("expression", variable.expression()));
        spec.putArray("mutations")
                .addObject()
                .put("patchType", "JSONPatch")
                .putObject("jsonPatch")
                .put("expression", expression());
        return object;
    }

    /** The binding that puts the policy in force. */
    public ObjectNode binding() {
        ObjectNode object = object("MutatingAdmissionPolicyBinding");
        ObjectNode spec = object.putObject("spec");
        spec.put("policyName", name);
        spec.putObject("matchResources")
                .set("namespaceSelector", new AdmissionScope(LabelSelector.EVERYTHING, excluded).namespaceSelector());
        return object;
    }

    private ObjectNode object(String kind) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", API_VERSION).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        metadata.putObject("labels").put(ValidatingPolicy.PART_OF_LABEL, ValidatingPolicy.PART_OF);
        return object;
    }
}

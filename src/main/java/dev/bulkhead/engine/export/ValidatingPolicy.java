package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A ValidatingAdmissionPolicy and its binding, which have the same name.
 *
 * @param of the policy that it says in CEL
 * @param effect what the binding does about violations
 * @param scope the objects that it is asked about
 * @param variables in the order in which they read one another
 * @param violations the name of the variable that lists what is wrong
 */
public record ValidatingPolicy(
        String name, String of, String effect, AdmissionScope scope, List<Variable> variables, String violations) {
    /** The first minor version of Kubernetes 1 that has this kind in the API version that is written. */
    public static final int SINCE_MINOR = 30;

    /** The label by which exported policies are found. */
    public static final String PART_OF_LABEL = "app.kubernetes.io/part-of";

    public static final String PART_OF = "bulkhead-second-layer";

    private static final String API_VERSION = "admissionregistration.k8s.io/v1";

    /** The API server shows no message of more than 5 KiB. */
    private static final int LONGEST_MESSAGE = 1_200;

    public ValidatingPolicy {
        variables = List.copyOf(variables);
    }

    /** The same under that name. */
    public ValidatingPolicy named(String newName) {
        return new ValidatingPolicy(newName, of, effect, scope, variables, violations);
    }

    /** The expression that must hold. */
    public String expression() {
        return "variables." + violations + ".size() == 0";
    }

    /** The expression that says what is wrong. */
    public String messageExpression() {
        return "[variables." + violations + ".join('; ').replace('\\n', ' ')]\n" + ".map(m, m.size() > "
                + LONGEST_MESSAGE + " ? m.substring(0, " + LONGEST_MESSAGE + ") + '...' : m)[0]";
    }

    /** The policy as the API server reads it. */
    public ObjectNode policy() {
        ObjectNode object = object("ValidatingAdmissionPolicy");
        ObjectNode spec = object.putObject("spec");
        spec.put("failurePolicy", "Fail");
        spec.set("matchConstraints", scope.constraints());
        ObjectNode condition = spec.putArray("matchConditions").addObject();
        condition.put("name", "changes-a-pod");
        condition.put("expression", AdmissionScope.CHANGES_A_POD);
        ArrayNode list = spec.putArray("variables");
        variables.forEach(
                variable -> list.addObject().put("name", variable.name()).put("expression", variable.expression()));
        spec.putArray("validations")
                .addObject()
                .put("expression", expression())
                .put("message", "Bulkhead's policy " + of + " forbids it")
                .put("messageExpression", messageExpression())
                .put("reason", "Forbidden");
        return object;
    }

    /** The binding that puts the policy in force. */
    public ObjectNode binding() {
        ObjectNode object = object("ValidatingAdmissionPolicyBinding");
        ObjectNode spec = object.putObject("spec");
        spec.put("policyName", name);
        spec.putArray("validationActions").add(effect);
        spec.putObject("matchResources").set("namespaceSelector", scope.namespaceSelector());
        return object;
    }

    private ObjectNode object(String kind) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", API_VERSION).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        metadata.putObject("labels").put(PART_OF_LABEL, PART_OF);
        return object;
    }
}

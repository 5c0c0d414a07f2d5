package dev.bulkhead.engine.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The objects that a policy is asked about: pods and the kinds with pod templates, in some namespaces.
 *
 * @param namespaces the labels of the namespaces
 * @param excluded namespaces by name
 */
public record AdmissionScope(LabelSelector namespaces, Set<String> excluded) {
    /** In an update that changes neither a spec nor annotations no rule has anything to find. */
    static final String CHANGES_A_POD = """
            request.operation != 'UPDATE'
            || dyn(object).?spec.orValue({}) != dyn(oldObject).?spec.orValue({})
            || dyn(object).?template.orValue({}) != dyn(oldObject).?template.orValue({})
            || dyn(object).metadata.?annotations.orValue({}) != dyn(oldObject).metadata.?annotations.orValue({})""";

    public AdmissionScope {
        excluded = ImmutableCopies.of(excluded);
    }

    /** The resources and operations. */
    public ObjectNode constraints() {
        Map<String, List<String>> byGroup = new TreeMap<>();
        for (KubernetesKind kind : KubernetesKind.values()) {
            byGroup.computeIfAbsent(kind.group(), group -> new ArrayList<>()).add(kind.resource());
        }
        ObjectNode constraints = JsonNodeFactory.instance.objectNode();
        ArrayNode rules = constraints.putArray("resourceRules");
        byGroup.forEach((group, resources) -> rule(rules, group, List.of("CREATE", "UPDATE"), resources));
        rule(
                rules,
                KubernetesKind.POD.group(),
                List.of("UPDATE"),
                List.of(KubernetesKind.POD.resource() + "/ephemeralcontainers"));
        return constraints;
    }

    /** The resources and operations in which what is unset is filled in. */
    public static ObjectNode filling() {
        ObjectNode constraints = JsonNodeFactory.instance.objectNode();
        ArrayNode rules = constraints.putArray("resourceRules");
        String pods = KubernetesKind.POD.resource();
        rule(rules, KubernetesKind.POD.group(), List.of("CREATE"), List.of(pods));
        rule(rules, KubernetesKind.POD.group(), List.of("UPDATE"), List.of(pods + "/ephemeralcontainers"));
        return constraints;
    }

    private static void rule(ArrayNode rules, String group, List<String> operations, List<String> resources) {
        ObjectNode rule = rules.addObject();
        rule.putArray("apiGroups").add(group);
        rule.putArray("apiVersions").add("v1");
        ArrayNode listed = rule.putArray("operations");
        operations.forEach(listed::add);
        ArrayNode names = rule.putArray("resources");
        resources.stream().sorted().forEach(names::add);
        rule.put("scope", "Namespaced");
    }

    /** The namespaces. */
    public ObjectNode namespaceSelector() {
        ObjectNode selector = JsonNodeFactory.instance.objectNode();
        if (!namespaces.matchLabels().isEmpty()) {
            ObjectNode labels = selector.putObject("matchLabels");
            new TreeMap<>(namespaces.matchLabels()).forEach(labels::put);
        }
        ArrayNode expressions = JsonNodeFactory.instance.arrayNode();
        for (LabelSelector.Expression expression : namespaces.matchExpressions()) {
            expression(expressions, expression.key(), expression.operator(), expression.values());
        }
        if (!excluded.isEmpty()) {
            expression(expressions, Namespace.NAME_LABEL, LabelSelector.Operator.NOT_IN, excluded);
        }
        if (!expressions.isEmpty()) {
            selector.set("matchExpressions", expressions);
        }
        return selector;
    }

    private static void expression(
            ArrayNode expressions, String key, LabelSelector.Operator operator, Set<String> values) {
        ObjectNode expression = expressions.addObject();
        expression.put("key", key).put("operator", operator.label());
        if (!values.isEmpty()) {
            ArrayNode listed = expression.putArray("values");
            values.stream().sorted().forEach(listed::add);
        }
    }
}

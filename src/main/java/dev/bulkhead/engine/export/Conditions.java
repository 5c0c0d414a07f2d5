package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Conditions on labels and names in CEL; the empty text always holds. */
final class Conditions {
    private Conditions() {}

    /** Whether the policy selects the object, by the variables {@code namespaceLabels} and {@code podLabels}. */
    static String matches(Policy policy) {
        List<String> all = new ArrayList<>();
        all.add(selector(policy.match().namespaces(), "variables.namespaceLabels"));
        if (!policy.match().excludedNamespaces().isEmpty()) {
            all.add("!(request.namespace in " + Cel.set(policy.match().excludedNamespaces()) + ")");
        }
        all.add(selector(policy.match().workloads(), "variables.podLabels"));
        return and(all);
    }

    /** Whether the selector matches the labels in that variable. */
    static String selector(LabelSelector selector, String labels) {
        List<String> all = new ArrayList<>();
        new TreeMap<>(selector.matchLabels())
                .forEach((key, value) -> all.add(label(labels, key) + ".orValue('(none)') == " + Cel.text(value)));
        for (LabelSelector.Expression expression : selector.matchExpressions()) {
            String label = label(labels, expression.key());
            all.add(
                    switch (expression.operator()) {
                        case IN -> label + ".orValue('(none)') in " + Cel.set(expression.values());
                        case NOT_IN -> "!(" + label + ".orValue('(none)') in " + Cel.set(expression.values()) + ")";
                        case EXISTS -> label + ".hasValue()";
                        case DOES_NOT_EXIST -> "!" + label + ".hasValue()";
                    });
        }
        return and(all);
    }

    private static String label(String labels, String key) {
        return labels + "[?" + Cel.text(key) + "]";
    }

    /** All of these, without those that always hold. */
    static String and(Collection<String> conditions) {
        List<String> all =
                conditions.stream().filter(condition -> !condition.isEmpty()).toList();
        return String.join("\n&& ", all);
    }

    /** Any of these; always, if one of them always holds. */
    static String or(Collection<String> conditions) {
        List<String> all = conditions.stream().distinct().toList();
        if (all.contains("")) {
            return "";
        }
        return all.size() == 1
                ? all.get(0)
                : String.join(
                        "\n|| ", all.stream().map(Conditions::inParentheses).toList());
    }

    /** Any of these, of which there is at least one, in parentheses. */
    static String any(Collection<String> conditions) {
        return conditions.stream()
                .distinct()
                .map(condition -> "(" + condition + ")")
                .collect(Collectors.joining("\n  || ", "(", ")"));
    }

    static String inParentheses(String condition) {
        return condition.isEmpty() ? "true" : "(" + condition + ")";
    }
}

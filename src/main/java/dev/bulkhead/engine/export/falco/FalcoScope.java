package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.LabelSelector.Expression;
import dev.bulkhead.engine.policy.LabelSelector.Operator;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Which pods a policy is for, by what Falco knows of a pod: its namespace's name, and its own labels. */
final class FalcoScope {
    private FalcoScope() {}

    /** The pods that a policy matches, in these namespaces only. */
    static String of(Policy.Match match, Collection<String> namespaces) {
        List<String> conditions = new ArrayList<>();
        conditions.add(FalcoFilter.oneOf(FalcoFilter.NAMESPACE, namespaces));
        conditions.addAll(labels(match.workloads()));
        return FalcoFilter.and(conditions);
    }

    /** The pods that a policy matches in any namespace; empty if its labels tell which. */
    static Optional<String> of(Policy.Match match) {
        Optional<List<String>> names = names(match.namespaces());
        if (names.isEmpty()) {
            return Optional.empty();
        }
        List<String> conditions = new ArrayList<>(names.get());
        if (!match.excludedNamespaces().isEmpty()) {
            conditions.add(outside(match.excludedNamespaces()));
        }
        conditions.addAll(labels(match.workloads()));
        return Optional.of(FalcoFilter.and(conditions));
    }

    static String outside(Collection<String> namespaces) {
        return FalcoFilter.not(FalcoFilter.oneOf(FalcoFilter.NAMESPACE, namespaces));
    }

    /** A selector of namespaces, if it reads nothing but their name. */
    private static Optional<List<String>> names(LabelSelector selector) {
        Set<String> keys = new TreeSet<>(selector.matchLabels().keySet());
        selector.matchExpressions().forEach(expression -> keys.add(expression.key()));
        keys.remove(Namespace.NAME_LABEL);
        return keys.isEmpty() ? Optional.of(conditions(selector, key -> FalcoFilter.NAMESPACE)) : Optional.empty();
    }

    private static List<String> labels(LabelSelector selector) {
        return conditions(selector, key -> "k8s.pod.label[" + key + "]");
    }

    private static List<String> conditions(LabelSelector selector, UnaryOperator<String> field) {
        List<String> conditions = new ArrayList<>();
        selector.matchLabels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(label ->
                        conditions.add(FalcoFilter.oneOf(field.apply(label.getKey()), List.of(label.getValue()))));
        for (Expression expression : selector.matchExpressions()) {
            conditions.add(condition(field.apply(expression.key()), expression));
        }
        return conditions;
    }

    private static String condition(String field, Expression expression) {
        Operator operator = expression.operator();
        return switch (operator) {
            case IN -> FalcoFilter.oneOf(field, expression.values());
            case NOT_IN -> FalcoFilter.not(FalcoFilter.oneOf(field, expression.values()));
            case EXISTS -> field + " exists";
            case DOES_NOT_EXIST -> FalcoFilter.not(field + " exists");
        };
    }
}

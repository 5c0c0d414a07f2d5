package dev.bulkhead.engine.policy.lint;

import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.LabelSelector.Expression;
import dev.bulkhead.engine.policy.LabelSelector.Operator;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What policies and exemptions can and cannot match. */
final class LintSelectors {
    private LintSelectors() {}

    /** Whether no namespace can match the policy. */
    static boolean isImpossible(Policy.Match match) {
        Expression notExcluded = new Expression(Namespace.NAME_LABEL, Operator.NOT_IN, match.excludedNamespaces());
        Expression named = new Expression(Namespace.NAME_LABEL, Operator.EXISTS, Set.of());
        return isImpossible(with(match.namespaces(), notExcluded, named));
    }

    /** Whether no labels can match the selector. */
    static boolean isImpossible(LabelSelector selector) {
        Set<String> keys = new HashSet<>(selector.matchLabels().keySet());
        selector.matchExpressions().forEach(expression -> keys.add(expression.key()));
        return keys.stream().anyMatch(key -> !isPossible(key, selector));
    }

    private static boolean isPossible(String key, LabelSelector selector) {
        Optional<Set<String>> possible =
                Optional.ofNullable(selector.matchLabels().get(key)).map(Set::of);
        Set<String> impossible = new HashSet<>();
        boolean needed = possible.isPresent();
        boolean barred = false;
        for (Expression expression : selector.matchExpressions()) {
            if (!expression.key().equals(key)) {
                continue;
            }
            switch (expression.operator()) {
                case IN -> {
                    needed = true;
                    Set<String> both = new HashSet<>(expression.values());
                    possible.ifPresent(both::retainAll);
                    possible = Optional.of(both);
                }
                case NOT_IN -> impossible.addAll(expression.values());
                case EXISTS -> needed = true;
                case DOES_NOT_EXIST -> barred = true;
            }
        }
        boolean contradictory = needed && barred;
        return !contradictory && possible.filter(impossible::containsAll).isEmpty();
    }

    /** The namespaces that the selector names. */
    static Set<String> selectedByName(Policy.Match match) {
        Set<String> names = new HashSet<>();
        Map<String, String> labels = match.namespaces().matchLabels();
        Optional.ofNullable(labels.get(Namespace.NAME_LABEL)).ifPresent(names::add);
        for (Expression expression : match.namespaces().matchExpressions()) {
            if (expression.key().equals(Namespace.NAME_LABEL) && expression.operator() == Operator.IN) {
                names.addAll(expression.values());
            }
        }
        return names;
    }

    /** The policies that can match the namespace of that name, whatever its labels. */
    static List<Policy> covering(List<Policy> policies, String namespace) {
        Expression named = new Expression(Namespace.NAME_LABEL, Operator.IN, Set.of(namespace));
        return policies.stream()
                .filter(policy -> !policy.match().excludedNamespaces().contains(namespace)
                        && !isImpossible(with(policy.match().namespaces(), named)))
                .toList();
    }

    private static LabelSelector with(LabelSelector selector, Expression... more) {
        List<Expression> expressions = new ArrayList<>(selector.matchExpressions());
        expressions.addAll(List.of(more));
        return new LabelSelector(selector.matchLabels(), expressions);
    }
}

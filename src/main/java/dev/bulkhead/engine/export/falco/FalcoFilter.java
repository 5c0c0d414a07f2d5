package dev.bulkhead.engine.export.falco;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts in the language of Falco's conditions. */
final class FalcoFilter {
    static final String NAMESPACE = "k8s.ns.name";

    static final String POD = "k8s.pod.name";
    static final String CONTAINER = "container.name";

    /** What needs no quotes, and is the name of no list, because those have underscores. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9./-]*");

    private FalcoFilter() {}

    /** A value. */
    static String text(String value) {
        return PLAIN.matcher(value).matches()
                ? value
                : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** That a field has one of these values. */
    static String oneOf(String field, Collection<String> values) {
        List<String> sorted = values.stream().sorted().map(FalcoFilter::text).toList();
        return sorted.size() == 1 ? field + " = " + sorted.get(0) : field + " in (" + String.join(", ", sorted) + ")";
    }

    static String not(String condition) {
        return "not " + (condition.contains(" and ") || condition.contains(" or ") ? "(" + condition + ")" : condition);
    }

    static String and(Collection<String> conditions) {
        return conditions.stream()
                .map(condition -> condition.contains(" or ") ? "(" + condition + ")" : condition)
                .collect(Collectors.joining(" and "));
    }

    static String or(Collection<String> conditions) {
        return conditions.stream()
                .distinct()
                .map(condition ->
                        conditions.size() > 1 && condition.contains(" and ") ? "(" + condition + ")" : condition)
                .collect(Collectors.joining(" or "));
    }
}

package dev.bulkhead.engine.export;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which variables an expression needs. */
final class Used {
    private static final Pattern REFERENCE = Pattern.compile("\\bvariables\\.([A-Za-z0-9_]+)");

    private Used() {}

    /** Those of the variables that the one of that name reads, directly or by others, in their order. */
    static List<Variable> only(List<Variable> variables, String name) {
        Map<String, Variable> byName = new HashMap<>();
        variables.forEach(variable -> byName.put(variable.name(), variable));
        Set<String> used = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            Variable variable = byName.get(open.pop());
            if (variable != null && used.add(variable.name())) {
                Matcher reference = REFERENCE.matcher(variable.expression());
                while (reference.find()) {
                    open.push(reference.group(1));
                }
            }
        }
        return variables.stream()
                .filter(variable -> used.contains(variable.name()))
                .toList();
    }
}

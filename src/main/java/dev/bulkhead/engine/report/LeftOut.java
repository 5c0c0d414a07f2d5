package dev.bulkhead.engine.report;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a filter kept out of a report.
 *
 * @param otherNamespaces how many workloads are of other namespaces
 * @param otherRules how many workloads have no finding of the chosen rules
 * @param otherFindings how many findings of the listed workloads are of other rules
 * @param otherVerdicts how many workloads have a verdict that is not listed; they count for exit codes all the same
 */
public record LeftOut(int otherNamespaces, int otherRules, int otherFindings, Map<Outcome, Integer> otherVerdicts) {
    /** Nothing. */
    public static final LeftOut NOTHING = new LeftOut(0, 0, 0, Map.of());

    public LeftOut {
        otherVerdicts = otherVerdicts.isEmpty()
                ? Map.of()
                : Collections.unmodifiableMap(new EnumMap<Outcome, Integer>(otherVerdicts));
    }

    LeftOut and(LeftOut other) {
        Map<Outcome, Integer> verdicts = new EnumMap<>(Outcome.class);
        verdicts.putAll(otherVerdicts);
        other.otherVerdicts.forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
        return new LeftOut(
                otherNamespaces + other.otherNamespaces,
                otherRules + other.otherRules,
                otherFindings + other.otherFindings,
                verdicts);
    }

    /** What is left out, each in words such as {@code 3 workloads of other namespaces}. */
    public List<String> describe() {
        List<String> parts = new ArrayList<>();
        add(parts, otherNamespaces, "workload", " of other namespaces");
        add(parts, otherRules, "workload", " without a finding of these rules");
        add(parts, otherFindings, "finding", " of other rules");
        otherVerdicts.forEach((verdict, count) -> add(parts, count, verdict.label() + " workload", ""));
        return List.copyOf(parts);
    }

    private static void add(List<String> parts, int count, String noun, String which) {
        if (count > 0) {
            parts.add(count + " " + noun + (count == 1 ? "" : "s") + which);
        }
    }
}

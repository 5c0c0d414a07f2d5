package dev.bulkhead.engine.report;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a report is wanted. Rules and namespaces choose what counts, verdicts only what is listed.
 *
 * @param rules only findings of these rules; all if empty
 * @param excludedRules no findings of these rules
 * @param namespace only workloads of this namespace
 * @param verdicts only workloads with one of these verdicts; all if empty
 */
public record ReportFilter(
        Set<String> rules, Set<String> excludedRules, Optional<String> namespace, Set<Outcome> verdicts) {
    public ReportFilter {
        rules = ImmutableCopies.of(rules);
        excludedRules = ImmutableCopies.of(excludedRules);
        verdicts = ImmutableCopies.of(verdicts);
    }

    /** The same, of one namespace. */
    public ReportFilter of(String one) {
        return new ReportFilter(rules, excludedRules, Optional.of(one), verdicts);
    }

    /** Whether findings of that rule are wanted. */
    public boolean includes(String rule) {
        return (rules.isEmpty() || rules.contains(rule)) && !excludedRules.contains(rule);
    }

    /** Whether workloads of that namespace are wanted. */
    public boolean includesNamespace(String name) {
        return namespace.isEmpty() || namespace.get().equals(name);
    }

    /** Whether all rules are wanted. */
    public boolean includesAllRules() {
        return rules.isEmpty() && excludedRules.isEmpty();
    }

    /**
     * The report of what counts: the wanted findings of the wanted namespaces. A workload keeps its verdict. One without a
     * wanted finding is left out, unless it has none at all and no rule is asked for by name.
     */
    public Report chosen(Report report) {
        if (includesAllRules() && namespace.isEmpty()) {
            return report;
        }
        int otherNamespaces = 0;
        int otherRules = 0;
        int otherFindings = 0;
        List<ReportedWorkload> chosen = new ArrayList<>();
        for (ReportedWorkload workload : report.workloads()) {
            ReportedWorkload some = workload.only(this::includes);
            if (!includesNamespace(workload.namespace())) {
                otherNamespaces++;
            } else if (some.hasNothing() && !(rules.isEmpty() && workload.hasNothing())) {
                otherRules++;
            } else {
                otherFindings += workload.findings().size() - some.findings().size();
                chosen.add(some);
            }
        }
        return report.with(chosen, new LeftOut(otherNamespaces, otherRules, otherFindings, Map.of()));
    }

    /**
     * The report of what is listed: the wanted verdicts, as the chosen rules have them.
     *
     * @param report may have been compared with a baseline, which changes no verdict
     * @param chosen the same before
     */
    public Report listed(Report report, Report chosen) {
        if (verdicts.isEmpty()) {
            return report;
        }
        Map<Outcome, Integer> others = new EnumMap<>(Outcome.class);
        List<ReportedWorkload> listed = new ArrayList<>();
        for (int i = 0; i < report.workloads().size(); i++) {
            Outcome verdict = chosen.workloads().get(i).counted();
            if (verdicts.contains(verdict)) {
                listed.add(report.workloads().get(i));
            } else {
                others.merge(verdict, 1, Integer::sum);
            }
        }
        return report.with(listed, new LeftOut(0, 0, 0, others));
    }
}

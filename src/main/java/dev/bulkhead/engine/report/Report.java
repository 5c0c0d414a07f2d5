package dev.bulkhead.engine.report;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.rule.Action;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What came of evaluating workloads. Every output is made of it, so that all of them show the same. It holds no part of
 * the objects but what it shows.
 *
 * @param profile what was evaluated by
 * @param others how many objects there were that hold no pod
 * @param problems what could not be read or evaluated
 * @param warnings what was read otherwise than its author may think, or may have been meant to be evaluated and was not
 * @param leftOut what a filter kept out of it
 * @param comparison what came of comparing it with a baseline; empty if it was not
 */
public record Report(
        String profile,
        List<ReportedWorkload> workloads,
        int others,
        List<ReportedProblem> problems,
        List<ReportedProblem> warnings,
        LeftOut leftOut,
        Optional<Baseline.Comparison> comparison) {
    public Report {
        workloads = List.copyOf(workloads);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** A report of everything. */
    public Report(
            String profile,
            List<ReportedWorkload> workloads,
            int others,
            List<ReportedProblem> problems,
            List<ReportedProblem> warnings) {
        this(profile, workloads, others, problems, warnings, LeftOut.NOTHING, Optional.empty());
    }

    /** A report of everything, without warnings. */
    public Report(String profile, List<ReportedWorkload> workloads, int others, List<ReportedProblem> problems) {
        this(profile, workloads, others, problems, List.of());
    }

    /** The same of some of its workloads. */
    Report with(List<ReportedWorkload> some, LeftOut more) {
        return new Report(profile, some, others, problems, warnings, leftOut.and(more), comparison);
    }

    /** The same, compared with a baseline. */
    Report compared(List<ReportedWorkload> marked, Baseline.Comparison with) {
        return new Report(profile, marked, others, problems, warnings, leftOut, Optional.of(with));
    }

    /** How many workloads are like that. */
    public long count(Predicate<ReportedWorkload> like) {
        return workloads.stream().filter(like).count();
    }

    /** How many workloads have that verdict. */
    public long count(Outcome verdict) {
        return count(workload -> workload.verdict() == verdict);
    }

    /** Whether there was nothing at all to evaluate, and nothing wrong. */
    public boolean isEmpty() {
        return workloads.isEmpty() && others == 0 && problems.isEmpty() && warnings.isEmpty();
    }

    /** The ids of the rules with unexcused findings of that action, each once, in the order of the workloads. */
    public List<String> rulesLeadingTo(Action action) {
        return workloads.stream()
                .flatMap(workload -> workload.leadingTo(action).stream())
                .map(finding -> finding.rule().id())
                .distinct()
                .toList();
    }
}

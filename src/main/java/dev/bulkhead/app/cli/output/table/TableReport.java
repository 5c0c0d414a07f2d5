package dev.bulkhead.app.cli.output.table;

import dev.bulkhead.app.cli.output.BaselineText;
import dev.bulkhead.app.cli.output.FailOn;
import dev.bulkhead.app.cli.output.TerminalStyle;
import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes a report for a person: what is wrong, where, and the edit that fixes it. Of more workloads than a screen holds, the
 * numbers come first, then what needs an edit, then a line for each of the others.
 */
public final class TableReport {
    private static final int MOST_RULES = 5;

    /** Of more workloads, the numbers come first, and what needs no edit has a line. */
    private static final int FEW = 10;

    private final TableText text;
    private final TableOptions options;
    private final boolean many;

    private TableReport(Report report, TerminalStyle look, TableOptions options) {
        this.text = new TableText(look);
        this.options = options;
        this.many = report.workloads().size() > FEW && !options.verbose();
    }

    /** The report as text. */
    public static String of(Report report, TerminalStyle look, TableOptions options) {
        TableReport table = new TableReport(report, look, options);
        if (options.quiet()) {
            table.addGroups(report, table.failing(report));
        } else {
            table.write(report);
        }
        return table.text.toString();
    }

    private void write(Report report) {
        if (many) {
            addVerdicts(report);
            text.add("\n");
            new RuleTable(text, report).addNumbers();
            text.add("\n");
        }
        addGroups(report, report.workloads());
        close(report);
    }

    private List<ReportedWorkload> failing(Report report) {
        FailOn on = options.failOn() == FailOn.NEVER ? FailOn.DENY : options.failOn();
        return report.workloads().stream().filter(on::isReachedBy).toList();
    }

    private void addGroups(Report report, List<ReportedWorkload> workloads) {
        switch (options.grouping()) {
            case WORKLOAD -> addWorkloads(workloads);
            case RULE -> new RuleTable(text, report).addFindings(actions());
            case FILE ->
                addGroups(
                        workloads,
                        workload ->
                                workload.location().map(SourceLocation::file).orElse("(no file)"));
            case NAMESPACE -> addGroups(workloads, ReportedWorkload::namespace);
        }
    }

    private List<Action> actions() {
        if (options.verbose() || options.failOn() == FailOn.HARDEN || options.failOn() == FailOn.WARN) {
            return List.of(Action.DENY, Action.WARN, Action.HARDEN);
        }
        return options.quiet() ? List.of(Action.DENY) : List.of(Action.DENY, Action.WARN);
    }

    private void addGroups(List<ReportedWorkload> workloads, Function<ReportedWorkload, String> key) {
        Map<String, List<ReportedWorkload>> groups = new TreeMap<>();
        workloads.forEach(workload -> groups.computeIfAbsent(key.apply(workload), name -> new ArrayList<>())
                .add(workload));
        String separator = "";
        for (Map.Entry<String, List<ReportedWorkload>> group : groups.entrySet()) {
            text.add(separator)
                    .add(Style.BOLD, SafeText.line(group.getKey()))
                    .add(": ")
                    .add(verdicts(group.getValue()))
                    .add("\n");
            addWorkloads(group.getValue());
            separator = "\n";
        }
    }

    private void addWorkloads(List<ReportedWorkload> workloads) {
        WorkloadBlock block = new WorkloadBlock(text, many, options);
        if (many) {
            workloads.stream().sorted(Comparator.comparing(TableReport::rank)).forEach(block::add);
        } else {
            workloads.forEach(block::add);
        }
    }

    /** What needs an edit comes first. */
    private static int rank(ReportedWorkload workload) {
        return switch (workload.counted()) {
            case DENIED -> 0;
            case WARNED -> 1;
            case HARDENED -> WorkloadBlock.needsEdit(workload) ? 1 : 2;
            case PASSED -> 3;
        };
    }

    private static String verdicts(List<ReportedWorkload> workloads) {
        List<String> verdicts = new ArrayList<>();
        for (Outcome verdict : List.of(Outcome.DENIED, Outcome.HARDENED, Outcome.WARNED, Outcome.PASSED)) {
            long count = workloads.stream()
                    .filter(workload -> workload.verdict() == verdict)
                    .count();
            if (count > 0) {
                verdicts.add(count + " " + verdict.label());
            }
        }
        return String.join(", ", verdicts);
    }

    private void addVerdicts(Report report) {
        text.add(TextLayout.counted(report.workloads().size(), "workload"));
        String separator = ": ";
        for (Outcome verdict : List.of(Outcome.DENIED, Outcome.HARDENED, Outcome.WARNED, Outcome.PASSED)) {
            long count = report.count(verdict);
            if (count > 0) {
                text.add(separator).add(TableText.styleOf(verdict), count + " " + verdict.label());
                separator = ", ";
            }
        }
        text.add(" (" + report.profile() + ").\n");
    }

    private void close(Report report) {
        WaysOutTable.add(text, report);
        if (!report.workloads().isEmpty()) {
            text.add("\n");
        }
        addVerdicts(report);
        addByOtherRules(report);
        report.comparison().ifPresent(comparison -> {
            text.paragraph("Against the " + BaselineText.numbers(comparison) + ".");
            BaselineText.resolved(comparison).forEach(line -> text.remark(Style.GREEN, "gone", line));
        });
        List<String> leftOut = report.leftOut().describe();
        if (!leftOut.isEmpty()) {
            text.paragraph("Not listed: " + String.join(", ", leftOut) + ".");
        }
        if (report.others() > 0) {
            text.paragraph(TextLayout.counted(report.others(), "other object")
                    + (report.others() == 1 ? " holds no pod." : " hold no pod."));
        }
        if (!report.problems().isEmpty()) {
            text.add(Style.RED, TextLayout.counted(report.problems().size(), "error"))
                    .add(".\n");
        }
        if (!report.warnings().isEmpty()) {
            text.add(Style.YELLOW, TextLayout.counted(report.warnings().size(), "warning"))
                    .add(".\n");
        }
        hint(report);
    }

    private void addByOtherRules(Report report) {
        long denied =
                report.count(workload -> workload.verdict() == Outcome.DENIED && workload.counted() != Outcome.DENIED);
        if (denied > 0) {
            text.paragraph(denied + " of the denied " + (denied == 1 ? "does" : "do") + " not count: denied by "
                    + (report.comparison().isPresent() ? "known findings" : "other rules") + ".");
        }
    }

    private void hint(Report report) {
        List<String> refusing = new ArrayList<>(report.rulesLeadingTo(Action.DENY));
        if (refusing.size() > MOST_RULES) {
            refusing.subList(MOST_RULES, refusing.size()).clear();
            refusing.add("...");
        }
        if (!refusing.isEmpty()) {
            text.paragraph("Why, and how to fix it: bulkhead explain RULE (" + String.join(", ", refusing) + ")");
        }
        if (!report.rulesLeadingTo(Action.HARDEN).isEmpty()) {
            text.paragraph(
                    many
                            ? "What is hardened needs no edit, Bulkhead fills it in; -v and -o json show what, and the notes."
                            : "What is hardened needs no edit, Bulkhead fills it in; -o json shows what.");
        }
    }
}

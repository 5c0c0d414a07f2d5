package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a report as Markdown that fits into the comment of a pull request: the numbers, what is denied with its fix, and
 * the rest folded. Where a comment would get too long, the rest is counted.
 */
public final class MarkdownReport {
    /** Comments on GitHub hold 65,536 characters. */
    private static final int LONGEST = 60_000;

    private final StringBuilder out = new StringBuilder();

    private MarkdownReport() {}

    public static String of(Report report) {
        MarkdownReport markdown = new MarkdownReport();
        markdown.write(report);
        return markdown.out.toString();
    }

    private void write(Report report) {
        long denied = report.count(Outcome.DENIED);
        out.append("### Bulkhead: ")
                .append(denied == 0 ? "nothing" : TextLayout.counted(denied, "workload"))
                .append(" would be denied\n\n| workloads | denied | hardened | warned | passed | errors |\n")
                .append("|---|---|---|---|---|---|\n| ")
                .append(report.workloads().size());
        for (Outcome verdict : List.of(Outcome.DENIED, Outcome.HARDENED, Outcome.WARNED, Outcome.PASSED)) {
            out.append(" | ").append(report.count(verdict));
        }
        out.append(" | ")
                .append(report.problems().size())
                .append(" |\n\nEvaluated by ")
                .append(code(report.profile()))
                .append(". Why, and how to fix it: ")
                .append(code("bulkhead explain RULE"))
                .append(".\n");
        List<String> leftOut = report.leftOut().describe();
        if (!leftOut.isEmpty()) {
            out.append("\nNot listed: ").append(String.join(", ", leftOut)).append(".\n");
        }
        report.comparison()
                .ifPresent(comparison -> out.append("\nAgainst the ")
                        .append(BaselineText.numbers(comparison))
                        .append(".\n"));
        section("Denied", findings(report, Action.DENY));
        section("Not evaluated", problems(report.problems()));
        List<String> warnings = findings(report, Action.WARN);
        warnings.addAll(problems(report.warnings()));
        section("Warnings", warnings);
        section("Will it start?", notes(report));
        section("Filled in by Bulkhead", hardened(report));
        report.comparison()
                .ifPresent(comparison -> section(
                        "Resolved",
                        comparison.resolved().stream()
                                .map(entry -> "- " + text(BaselineText.describe(entry)) + "\n")
                                .toList()));
    }

    private static List<String> findings(Report report, Action action) {
        List<String> lines = new ArrayList<>();
        for (ReportedWorkload workload : report.workloads()) {
            for (ReportedFinding finding : workload.leadingTo(action)) {
                lines.add("- " + named(workload, finding.line().orElse(0)) + " **"
                        + finding.rule().id() + "**: " + text(finding.message()) + ". Fix: " + text(finding.fix())
                        + "\n");
            }
        }
        return lines;
    }

    private static List<String> problems(List<ReportedProblem> problems) {
        return problems.stream()
                .map(problem ->
                        "- " + code(place(problem.file(), problem.line())) + ": " + text(problem.message()) + "\n")
                .toList();
    }

    private static List<String> notes(Report report) {
        return report.workloads().stream()
                .flatMap(workload -> workload.notes().stream()
                        .map(note -> "- " + named(workload, 0) + " **"
                                + note.rule().id() + "**: " + text(note.message()) + "\n"))
                .toList();
    }

    private static List<String> hardened(Report report) {
        return report.workloads().stream()
                .filter(workload -> workload.verdict() == Outcome.HARDENED)
                .map(workload -> "- " + named(workload, 0) + " "
                        + String.join(
                                ", ",
                                workload.leadingTo(Action.HARDEN).stream()
                                        .map(finding -> finding.rule().id())
                                        .distinct()
                                        .toList())
                        + "\n")
                .toList();
    }

    private void section(String title, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.append("\n<details")
                .append(title.equals("Denied") ? " open" : "")
                .append("><summary>")
                .append(title)
                .append(" (")
                .append(lines.size())
                .append(")</summary>\n\n");
        int written = 0;
        for (String line : lines) {
            if (out.length() + line.length() > LONGEST) {
                break;
            }
            out.append(line);
            written++;
        }
        if (written < lines.size()) {
            out.append("- and ").append(lines.size() - written).append(" more, which no longer fit\n");
        }
        out.append("\n</details>\n");
    }

    private static String named(ReportedWorkload workload, int line) {
        String name = code(workload.kind() + " " + workload.namespace() + "/" + workload.name());
        return workload.location()
                .map(at ->
                        name + " (" + code(place(at.template().orElse(at.file()), line == 0 ? at.line() : line)) + ")")
                .orElse(name);
    }

    private static String place(String file, int line) {
        return line == 0 ? file : file + ":" + line;
    }

    private static String code(String text) {
        return "`" + SafeText.line(text).replace("`", "'") + "`";
    }

    /** The text as it is, whatever it holds: no markup, no mention of a user, no link. */
    private static String text(String text) {
        StringBuilder plain = new StringBuilder();
        for (char c : SafeText.line(text).toCharArray()) {
            switch (c) {
                case '<', '>', '&', '@', '#', '|' ->
                    plain.append("&#").append((int) c).append(';');
                case '\\', '`', '*', '_', '[', ']', '~', '!' ->
                    plain.append('\\').append(c);
                default -> plain.append(c);
            }
        }
        return plain.toString();
    }
}

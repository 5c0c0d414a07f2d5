package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;

/**
 * Writes a report as workflow commands of GitHub Actions, which annotate the lines of a pull request: errors for what is
 * denied, warnings for what is warned about, notices for notes. What is hardened needs no edit and gets none. See
 * <a href="https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands">workflow commands</a>.
 */
public final class GithubReport {
    private final StringBuilder out = new StringBuilder();

    private GithubReport() {}

    public static String of(Report report) {
        GithubReport commands = new GithubReport();
        report.problems().forEach(problem -> commands.add("error", "not evaluated", problem));
        report.workloads().forEach(commands::add);
        report.warnings().forEach(warning -> commands.add("warning", "warning", warning));
        commands.out
                .append(TextLayout.counted(report.workloads().size(), "workload"))
                .append(": ")
                .append(report.count(Outcome.DENIED))
                .append(" denied, ")
                .append(report.count(Outcome.HARDENED))
                .append(" hardened (")
                .append(report.profile())
                .append(").\n");
        report.comparison()
                .ifPresent(comparison -> commands.out
                        .append("Against the ")
                        .append(BaselineText.numbers(comparison))
                        .append(".\n"));
        return commands.out.toString();
    }

    private void add(ReportedWorkload workload) {
        workload.leadingTo(Action.DENY).forEach(finding -> add("error", workload, finding));
        workload.leadingTo(Action.WARN).forEach(finding -> add("warning", workload, finding));
        workload.notes()
                .forEach(note -> add(
                        "notice",
                        place(
                                workload,
                                workload.location().map(SourceLocation::line).orElse(0)),
                        note.rule().id(),
                        named(workload) + note.message()));
    }

    private void add(String command, ReportedWorkload workload, ReportedFinding finding) {
        int line = finding.line()
                .orElse(workload.location().map(SourceLocation::line).orElse(0));
        add(
                command,
                place(workload, line),
                finding.rule().id(),
                named(workload) + finding.message() + "\nFix: " + finding.fix() + "\nWhy: bulkhead explain "
                        + finding.rule().id());
    }

    private void add(String command, String title, ReportedProblem problem) {
        String place = problem.line() == 0
                ? "file=" + path(problem.file()) + ","
                : "file=" + path(problem.file()) + ",line=" + problem.line() + ",col=" + problem.column() + ",";
        add(command, place, title, problem.message());
    }

    private void add(String command, String place, String title, String message) {
        out.append("::")
                .append(command)
                .append(' ')
                .append(place)
                .append("title=")
                .append(property("Bulkhead: " + title))
                .append("::")
                .append(data(message))
                .append('\n');
    }

    private static String place(ReportedWorkload workload, int line) {
        return workload.location()
                .map(at -> "file=" + path(at.file()) + ",line=" + line + ",")
                .orElse("");
    }

    private static String named(ReportedWorkload workload) {
        return workload.kind() + " " + workload.namespace() + "/" + workload.name() + ": ";
    }

    /** GitHub compares paths with those in the repository, which begin with no dot. */
    private static String path(String file) {
        return property(file.startsWith("./") ? file.substring(2) : file);
    }

    /** Lines stay lines, whatever else is in the text. */
    private static String data(String text) {
        StringBuilder data = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            data.append(data.isEmpty() ? "" : "%0A").append(SafeText.line(line).replace("%", "%25"));
        }
        return data.toString();
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}

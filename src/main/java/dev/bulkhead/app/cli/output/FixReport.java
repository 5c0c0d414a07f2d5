package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.Renderer;
import dev.bulkhead.manifest.fix.FixedFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.IntUnaryOperator;

/** What there is to say about files that are fixed, a line each, as compilers print it. */
public final class FixReport {
    private final PrintWriter err;

    /** @param err receives the lines */
    public FixReport(PrintWriter err) {
        this.err = err;
    }

    /** What could not be read or evaluated, and what was read otherwise than it may be meant. */
    public void problems(Report report) {
        report.warnings().forEach(warning -> print("warning: " + forFixing(warning)));
        report.problems().stream().map(FixReport::forFixing).forEach(this::print);
    }

    /** Advice for a check, where it is about a directory that has to be rendered. */
    private static String forFixing(ReportedProblem problem) {
        return problem.describe().replace(Renderer.TO_CHECK, " | bulkhead fix");
    }

    /** That there is nothing to fix, so that a path or a pipe is wrong. */
    public void nothing(String source) {
        print(source + ": there are no manifests in it");
    }

    /** That a file stays as it is because of a problem. */
    public void untouched(String file) {
        print(file + ": not changed, because of what cannot be read or evaluated in it");
    }

    /** That a file could not be read or written. */
    public void failed(String file, IOException e) {
        print(file + ": not changed: " + e.getMessage());
    }

    /** That a file was written, with the numbers of lines. */
    public static String changed(String file, String diff) {
        long added = diff.lines().skip(2).filter(line -> line.startsWith("+")).count();
        long removed = diff.lines().skip(2).filter(line -> line.startsWith("-")).count();
        return file + ": " + added + (added == 1 ? " line" : " lines") + " added"
                + (removed == 0 ? "" : ", " + removed + " removed");
    }

    /**
     * What is left to do for a person.
     *
     * @param written whether the file was written, so that lines are those of its new content
     */
    public void left(FixedFile file, String name, boolean written) {
        IntUnaryOperator lines = written ? line -> line : file.originalLines();
        for (ReportedWorkload workload : file.after().workloads()) {
            for (ReportedFinding finding : workload.findings()) {
                if (finding.leadsTo(Action.DENY) || finding.leadsTo(Action.WARN)) {
                    print(at(name, lines.applyAsInt(finding.line().orElse(1)))
                            + finding.rule().id() + ": " + message(finding));
                }
            }
        }
        file.remarks()
                .forEach(remark ->
                        print(at(name, file.line(remark.offset())) + remark.rule() + ": changed: " + remark.was()));
        file.refused()
                .forEach(refusal -> print(at(name, file.line(refusal.offset()))
                        + refusal.change()
                                .rule()
                                .map(rule -> rule + ": not changed: ")
                                .orElse("not filled in: ")
                        + refusal.reason()));
        for (ReportedWorkload workload : file.before().workloads()) {
            int line = workload.location().map(location -> location.line()).orElse(1);
            workload.notes().forEach(note -> print(at(name, line) + "note: " + note.message()));
        }
    }

    private static String message(ReportedFinding finding) {
        return finding.message()
                + finding.notHardenedReason().map(reason -> " (" + reason + ")").orElse("")
                + "; fix: " + finding.fix();
    }

    private static String at(String file, int line) {
        return file + ":" + line + ": ";
    }

    private void print(String line) {
        err.println(SafeText.line(line));
    }
}

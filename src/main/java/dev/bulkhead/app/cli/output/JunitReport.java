package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedProblem;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes a report as test results in the form of JUnit, which pipelines show: a suite per file, a test per workload. A
 * workload fails if it is denied, or if {@code --fail-on} counts it; what could not be read is an error. Servers read one
 * failure per test, so it holds all findings.
 */
public final class JunitReport {
    private final FailOn failOn;
    private final XmlText xml = new XmlText();

    private JunitReport(FailOn failOn) {
        this.failOn = failOn;
    }

    public static String of(Report report, FailOn failOn) {
        JunitReport junit = new JunitReport(failOn);
        junit.write(report);
        return junit.xml.toString();
    }

    /** What is in one file, or in one namespace where there is no file. */
    private static final class Suite {
        private final List<ReportedWorkload> workloads = new ArrayList<>();
        private final List<ReportedProblem> problems = new ArrayList<>();
        private final List<ReportedProblem> warnings = new ArrayList<>();
    }

    private void write(Report report) {
        Map<String, Suite> suites = new TreeMap<>();
        report.workloads()
                .forEach(workload -> suites.computeIfAbsent(suiteOf(workload), name -> new Suite())
                        .workloads
                        .add(workload));
        report.problems()
                .forEach(problem -> suites.computeIfAbsent(problem.file(), name -> new Suite())
                        .problems
                        .add(problem));
        report.warnings()
                .forEach(warning -> suites.computeIfAbsent(warning.file(), name -> new Suite())
                        .warnings
                        .add(warning));
        xml.begin(
                "testsuites",
                "name",
                "bulkhead check (" + report.profile() + ")",
                "tests",
                String.valueOf(report.workloads().size() + report.problems().size()),
                "failures",
                String.valueOf(report.count(this::fails)),
                "errors",
                String.valueOf(report.problems().size()));
        suites.forEach(this::write);
        xml.end();
    }

    private static String suiteOf(ReportedWorkload workload) {
        return workload.location().map(SourceLocation::file).orElse(workload.namespace());
    }

    private boolean fails(ReportedWorkload workload) {
        return workload.counted() == Outcome.DENIED || failOn.isReachedBy(workload);
    }

    private void write(String name, Suite suite) {
        xml.begin(
                "testsuite",
                "name",
                name,
                "tests",
                String.valueOf(suite.workloads.size() + suite.problems.size()),
                "failures",
                String.valueOf(suite.workloads.stream().filter(this::fails).count()),
                "errors",
                String.valueOf(suite.problems.size()),
                "skipped",
                String.valueOf(suite.workloads.stream().filter(this::isSkipped).count()));
        String className = classNameOf(name);
        Map<String, Integer> names = new HashMap<>();
        suite.workloads.forEach(workload -> write(workload, className, names));
        suite.problems.forEach(problem -> xml.begin(
                        "testcase",
                        "classname",
                        className,
                        "name",
                        unique(problem.line() == 0 ? "file" : "line " + problem.line(), names))
                .lines("error", List.of(problem.describe()), "type", "error", "message", problem.message())
                .end());
        if (!suite.warnings.isEmpty()) {
            xml.lines(
                    "system-err",
                    suite.warnings.stream()
                            .map(warning -> "warning: " + warning.describe())
                            .toList());
        }
        xml.end();
    }

    private boolean isSkipped(ReportedWorkload workload) {
        return !workload.evaluated() && !fails(workload);
    }

    /** Servers take what is before the last dot for a package. */
    private static String classNameOf(String file) {
        return "bulkhead." + (file.startsWith("./") ? file.substring(2) : file).replace('.', '_');
    }

    /** Servers take two tests of one name for the same. */
    private static String unique(String name, Map<String, Integer> names) {
        int count = names.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + " (" + count + ")";
    }

    private void write(ReportedWorkload workload, String className, Map<String, Integer> names) {
        String name = workload.kind() + " " + workload.namespace() + "/" + workload.name();
        String[] attributes = {"classname", className, "name", unique(name, names)};
        List<String> lines = remarks(workload);
        if (lines.isEmpty() && !fails(workload) && workload.evaluated()) {
            xml.empty("testcase", attributes);
            return;
        }
        xml.begin("testcase", attributes);
        if (fails(workload)) {
            writeFailure(workload);
        } else if (!workload.evaluated()) {
            xml.empty("skipped", "message", "no policy is for it");
        }
        if (!lines.isEmpty()) {
            xml.lines("system-out", lines);
        }
        xml.end();
    }

    private void writeFailure(ReportedWorkload workload) {
        String verdict = workload.counted().label();
        List<ReportedFinding> findings = failing(workload);
        String rules = String.join(
                ", ",
                findings.stream().map(finding -> finding.rule().id()).distinct().toList());
        List<String> lines = new ArrayList<>();
        for (ReportedFinding finding : findings) {
            lines.add(place(workload, finding) + finding.rule().id() + ": " + finding.message());
            lines.add("  Fix: " + finding.fix());
            finding.notHardenedReason().ifPresent(reason -> lines.add("  Not filled in: " + reason));
            lines.add("  Why: bulkhead explain " + finding.rule().id());
        }
        workload.omitted().forEach(omitted -> lines.add(describe(omitted)));
        if (lines.isEmpty()) {
            workload.notes().forEach(note -> lines.add("note: " + note.rule().id() + ": " + note.message()));
        }
        xml.lines("failure", lines, "type", verdict, "message", rules.isEmpty() ? verdict : verdict + ": " + rules);
    }

    /** The findings for which a workload fails. */
    private static List<ReportedFinding> failing(ReportedWorkload workload) {
        return switch (workload.counted()) {
            case DENIED -> workload.leadingTo(Action.DENY);
            case HARDENED -> workload.leadingTo(Action.HARDEN);
            case WARNED -> workload.leadingTo(Action.WARN);
            case PASSED -> List.of();
        };
    }

    /** What else there is to know of a workload, in lines. */
    private List<String> remarks(ReportedWorkload workload) {
        List<ReportedFinding> failing = fails(workload) ? failing(workload) : List.of();
        Stream<String> findings = workload.findings().stream()
                .filter(finding -> !failing.contains(finding))
                .map(finding -> describe(workload, finding));
        Stream<String> notes =
                workload.notes().stream().map(note -> "note: " + note.rule().id() + ": " + note.message());
        return Stream.of(findings, notes).flatMap(lines -> lines).toList();
    }

    private static String describe(ReportedWorkload workload, ReportedFinding finding) {
        String what = place(workload, finding) + finding.rule().id() + ": " + finding.message();
        if (finding.isKnown()) {
            return "known: " + what;
        }
        return finding.exemption()
                .map(exemption -> "exempted by " + exemption + ": " + what)
                .orElse((finding.action() == Action.HARDEN
                                ? "filled in"
                                : finding.action().label()) + ": " + what);
    }

    private static String describe(FindingList.Omitted omitted) {
        return TextLayout.counted(omitted.count(), "more finding")
                + omitted.rule().map(rule -> " of " + rule).orElse("")
                + omitted.container()
                        .map(name -> " in container \"" + name + "\"")
                        .orElse("");
    }

    private static String place(ReportedWorkload workload, ReportedFinding finding) {
        return workload.location()
                .map(at -> at.file() + ":" + finding.line().orElse(at.line()) + ": ")
                .orElse("");
    }
}

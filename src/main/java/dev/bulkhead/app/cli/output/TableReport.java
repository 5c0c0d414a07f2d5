package dev.bulkhead.app.cli.output;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Exposure;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Writes a report for a person: what is wrong, where, and the edit that fixes it, the worst first. */
public final class TableReport {
    private static final String INDENT = "  ";
    private static final int ACTION_WIDTH = 8;
    private static final int WIDEST_CONTAINER = 20;

    /** In a message column narrower than this, messages are placed below. */
    private static final int NARROWEST_MESSAGE = 40;

    /** The start of the second column, and of everything below a line. */
    private static final int BELOW = ACTION_WIDTH + INDENT.length();

    private static final int MOST_RULES = 5;
    private static final int MOST_WAYS_OUT = 10;

    private final TerminalStyle look;
    private final boolean verbose;
    private final StringBuilder out = new StringBuilder();

    private TableReport(TerminalStyle look, boolean verbose) {
        this.look = look;
        this.verbose = verbose;
    }

    /**
     * The report as text.
     *
     * @param verbose whether each finding is listed that is filled in or only recorded
     */
    public static String of(Report report, TerminalStyle look, boolean verbose) {
        TableReport table = new TableReport(look, verbose);
        report.workloads().forEach(table::add);
        table.close(report);
        return table.out.toString();
    }

    private void add(ReportedWorkload entry) {
        String name = SafeText.line(entry.namespace() + "/" + (entry.name().isEmpty() ? "(no name)" : entry.name()));
        out.append(look.styled(
                        styleOf(entry.verdict()), TextLayout.pad(entry.verdict().label(), ACTION_WIDTH)))
                .append(INDENT)
                .append(look.styled(Style.BOLD, SafeText.line(entry.kind()) + " " + name))
                .append(entry.location()
                        .map(at -> INDENT + look.styled(Style.FAINT, place(at)))
                        .orElse(""))
                .append(entry.evaluated() ? "" : INDENT + "(no policy is for it)")
                .append('\n');
        Columns columns = new Columns(shown(entry));
        entry.leadingTo(Action.DENY).forEach(finding -> add(columns, Style.RED, "deny", finding));
        entry.leadingTo(Action.WARN).forEach(finding -> add(columns, Style.YELLOW, "warn", finding));
        List<ReportedFinding> hardened = entry.leadingTo(Action.HARDEN);
        if (verbose) {
            hardened.forEach(finding -> add(columns, Style.CYAN, "harden", finding));
        } else if (!hardened.isEmpty()) {
            String when = entry.pod() ? "filled in by Bulkhead: " : "filled in when its pods are created: ";
            addText(Style.CYAN, "harden", when + String.join(", ", rules(hardened)));
        }
        entry.omitted().forEach(this::addOmitted);
        entry.notes()
                .forEach(note -> addText(
                        note.starts() == Starts.NO ? Style.YELLOW : Style.FAINT,
                        "note",
                        note.rule().id() + ": " + note.message()));
        entry.excused().forEach(finding -> add(columns, Style.FAINT, "exempt", finding));
        List<ReportedFinding> audited = entry.leadingTo(Action.AUDIT);
        if (verbose) {
            audited.forEach(finding -> add(columns, Style.FAINT, "audit", finding));
        } else if (!audited.isEmpty()) {
            addText(Style.FAINT, "audit", "only recorded: " + String.join(", ", rules(audited)));
        }
    }

    private static String place(SourceLocation at) {
        return SafeText.line(at.file()) + ":" + at.line()
                + at.template()
                        .map(template -> " (" + SafeText.line(template) + ")")
                        .orElse("");
    }

    private void addOmitted(FindingList.Omitted omitted) {
        String of = omitted.rule().map(rule -> " of " + rule).orElse("");
        String in = omitted.container()
                .map(container -> " in container \"" + container + "\"")
                .orElse("");
        addText(Style.FAINT, omitted.action().label(), TextLayout.counted(omitted.count(), "more finding") + of + in);
    }

    private List<ReportedFinding> shown(ReportedWorkload entry) {
        return entry.findings().stream()
                .filter(finding -> verbose
                        || finding.exemption().isPresent()
                        || finding.action() == Action.DENY
                        || finding.action() == Action.WARN)
                .toList();
    }

    private static Collection<String> rules(List<ReportedFinding> findings) {
        return findings.stream().map(TableReport::ruleOf).distinct().toList();
    }

    /** The column positions of one workload's findings. */
    private final class Columns {
        private final int rule;
        private final int container;
        private final int message;

        Columns(List<ReportedFinding> findings) {
            rule = widest(findings.stream().map(TableReport::ruleOf));
            container = Math.min(widest(findings.stream().map(TableReport::containerOf)), WIDEST_CONTAINER);
            int after = BELOW + rule + container + INDENT.length() * 2;
            message = look.columns() - after < NARROWEST_MESSAGE ? BELOW : after;
        }

        private static int widest(Stream<String> cells) {
            return cells.mapToInt(String::length).max().orElse(0);
        }
    }

    private static String ruleOf(ReportedFinding finding) {
        return finding.rule().id();
    }

    private static String containerOf(ReportedFinding finding) {
        return finding.container().map(SafeText::line).orElse("-");
    }

    private void add(Columns columns, Style style, String action, ReportedFinding finding) {
        String container = containerOf(finding);
        out.append(actionCell(style, action))
                .append(look.styled(Style.BOLD, TextLayout.pad(ruleOf(finding), columns.rule)))
                .append(INDENT);
        if (columns.message == BELOW || container.length() > columns.container) {
            out.append(container).append('\n').append(" ".repeat(columns.message));
        } else {
            out.append(TextLayout.pad(container, columns.container)).append(INDENT);
        }
        addWrapped(finding.message(), columns.message);
        String line = finding.line().isPresent() ? "line " + finding.line().getAsInt() + ": " : "";
        if (finding.exemption().isPresent()) {
            addBelow(line + "exempted by " + finding.exemption().get());
        } else {
            addBelow(line + finding.fix());
            finding.notHardenedReason().ifPresent(reason -> addBelow("not filled in: " + reason));
        }
    }

    private void addBelow(String text) {
        out.append(" ".repeat(BELOW));
        addWrapped(text, BELOW);
    }

    private void addText(Style style, String action, String text) {
        out.append(actionCell(style, action));
        addWrapped(text, BELOW);
    }

    private String actionCell(Style style, String action) {
        return INDENT + look.styled(style, TextLayout.pad(action, ACTION_WIDTH - INDENT.length())) + INDENT;
    }

    /** Adds text at the current column. */
    private void addWrapped(String text, int column) {
        List<String> lines = TextLayout.wrap(SafeText.line(text), look.columns() - column);
        out.append(String.join("\n" + " ".repeat(column), lines)).append('\n');
    }

    /** The workloads that lead furthest, by the shortest way. */
    private void addWaysOut(Report report) {
        List<ReportedWorkload> exposed = report.workloads().stream()
                .filter(workload -> workload.exposure()
                        .flatMap(found -> found.reach().escape())
                        .isPresent())
                .sorted(Comparator.comparing(
                                (ReportedWorkload workload) ->
                                        workload.exposure().orElseThrow(),
                                Exposure.WORST_FIRST)
                        .thenComparing(ReportedWorkload::namespace)
                        .thenComparing(ReportedWorkload::kind)
                        .thenComparing(ReportedWorkload::name))
                .toList();
        if (exposed.isEmpty()) {
            return;
        }
        out.append('\n')
                .append(look.styled(
                        Style.BOLD,
                        TextLayout.counted(exposed.size(), "workload") + " with a way out" + mostOf(exposed)))
                .append('\n');
        for (ReportedWorkload workload : exposed.subList(0, Math.min(exposed.size(), MOST_WAYS_OUT))) {
            Escape escape = workload.exposure().orElseThrow().reach().escape().orElseThrow();
            out.append(look.styled(Style.RED, TextLayout.pad(escape.to().label(), ACTION_WIDTH)))
                    .append(INDENT)
                    .append(look.styled(
                            Style.BOLD,
                            SafeText.line(workload.kind() + " " + workload.namespace() + "/" + workload.name())))
                    .append('\n');
            out.append(" ".repeat(BELOW));
            addWrapped(
                    String.join("; then ", escape.steps()) + ": " + escape.to().description(), BELOW);
        }
    }

    private static String mostOf(List<ReportedWorkload> exposed) {
        return exposed.size() > MOST_WAYS_OUT ? "; the worst " + MOST_WAYS_OUT + ":" : ":";
    }

    private void close(Report report) {
        addWaysOut(report);
        if (!report.workloads().isEmpty()) {
            out.append('\n');
        }
        List<String> verdicts = new ArrayList<>();
        for (Outcome verdict : List.of(Outcome.DENIED, Outcome.HARDENED, Outcome.WARNED, Outcome.PASSED)) {
            long count = report.count(verdict);
            if (count > 0) {
                verdicts.add(look.styled(styleOf(verdict), count + " " + verdict.label()));
            }
        }
        out.append(TextLayout.counted(report.workloads().size(), "workload"))
                .append(verdicts.isEmpty() ? "" : ": " + String.join(", ", verdicts))
                .append(" (")
                .append(report.profile())
                .append(").\n");
        if (report.others() > 0) {
            paragraph(TextLayout.counted(report.others(), "other object")
                    + (report.others() == 1 ? " holds no pod." : " hold no pod."));
        }
        if (!report.problems().isEmpty()) {
            out.append(look.styled(
                            Style.RED, TextLayout.counted(report.problems().size(), "error")))
                    .append(".\n");
        }
        if (!report.warnings().isEmpty()) {
            out.append(look.styled(
                            Style.YELLOW, TextLayout.counted(report.warnings().size(), "warning")))
                    .append(".\n");
        }
        hint(report);
    }

    private void hint(Report report) {
        List<String> refusing = new ArrayList<>(report.rulesLeadingTo(Action.DENY));
        if (refusing.size() > MOST_RULES) {
            refusing.subList(MOST_RULES, refusing.size()).clear();
            refusing.add("...");
        }
        if (!refusing.isEmpty()) {
            paragraph("Why, and how to fix it: bulkhead explain RULE (" + String.join(", ", refusing) + ")");
        }
        if (!report.rulesLeadingTo(Action.HARDEN).isEmpty()) {
            paragraph("What is hardened needs no edit, Bulkhead fills it in; -o json shows what.");
        }
    }

    private void paragraph(String text) {
        TextLayout.wrap(text, look.columns()).forEach(line -> out.append(line).append('\n'));
    }

    private static Style styleOf(Outcome verdict) {
        return switch (verdict) {
            case DENIED -> Style.RED;
            case HARDENED -> Style.CYAN;
            case WARNED -> Style.YELLOW;
            case PASSED -> Style.GREEN;
        };
    }
}

package dev.bulkhead.cli;

import dev.bulkhead.cli.Terminal.Style;
import dev.bulkhead.policy.Judged;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.policy.Verdict.Outcome;
import dev.bulkhead.rule.Action;
import dev.bulkhead.rule.Finding;
import dev.bulkhead.rule.Rules;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The report for people: what is denied with its fix, what is filled in at a glance, and what to do next. */
final class CheckTable {
    private static final int ACTION_WIDTH = 10;
    private static final int RULE_WIDTH =
            Rules.ALL.stream().mapToInt(rule -> rule.id().length()).max().orElse(0) + 2;

    private final PrintWriter out;
    private final Terminal terminal;
    private final boolean verbose;

    CheckTable(PrintWriter out, Terminal terminal, boolean verbose) {
        this.out = out;
        this.terminal = terminal;
        this.verbose = verbose;
    }

    void print(CheckReport report) {
        for (CheckReport.Entry entry : report.workloads()) {
            if (verbose || entry.verdict().outcome() != Outcome.PASSED) {
                print(entry);
            }
        }
        summary(report);
    }

    private void print(CheckReport.Entry entry) {
        Outcome outcome = entry.verdict().outcome();
        out.println(terminal.paint(style(outcome), padded(outcome.label(), ACTION_WIDTH))
                + terminal.paint(
                        Style.BOLD,
                        Terminal.safe(entry.workload().kind() + " " + entry.namespace() + "/"
                                + (entry.workload().name().isEmpty()
                                        ? "(no name)"
                                        : entry.workload().name())))
                + terminal.paint(
                        Style.DIM,
                        "  " + Terminal.safe(entry.object().document().file()) + ":"
                                + entry.object().position("").line()));
        Verdict verdict = entry.verdict();
        verdict.leadingTo(Action.DENY).forEach(judged -> print(entry, judged, "deny", Style.RED));
        verdict.leadingTo(Action.WARN).forEach(judged -> print(entry, judged, "warn", Style.YELLOW));
        if (verbose) {
            verdict.leadingTo(Action.HARDEN).forEach(judged -> print(entry, judged, "harden", Style.CYAN));
            verdict.leadingTo(Action.AUDIT).forEach(judged -> print(entry, judged, "audit", Style.DIM));
        } else if (!verdict.hardenedRules().isEmpty()) {
            row(
                    terminal.paint(Style.CYAN, padded("  harden", ACTION_WIDTH)),
                    ACTION_WIDTH,
                    "filled in: " + String.join(", ", verdict.hardenedRules()));
        }
        for (Judged judged : verdict.findings()) {
            judged.exemption().ifPresent(exemption -> print(entry, judged, "exempt", Style.DIM));
        }
        verdict.notes().stream()
                .distinct()
                .forEach(note -> row(
                        terminal.paint(Style.DIM, padded("  note", ACTION_WIDTH)), ACTION_WIDTH, Terminal.safe(note)));
        out.println();
    }

    private void print(CheckReport.Entry entry, Judged judged, String action, Style style) {
        Finding finding = judged.finding();
        String message = Terminal.safe(finding.message())
                + judged.exemption()
                        .map(name -> ", excused by " + Terminal.safe(name))
                        .orElse("");
        row(
                terminal.paint(style, padded("  " + action, ACTION_WIDTH))
                        + padded(finding.rule().id(), RULE_WIDTH),
                ACTION_WIDTH + RULE_WIDTH,
                message);
        if (judged.exemption().isEmpty()) {
            String line = "line " + entry.line(finding.place().pointer());
            row(
                    " ".repeat(ACTION_WIDTH) + terminal.paint(Style.DIM, padded(line, RULE_WIDTH)),
                    ACTION_WIDTH + RULE_WIDTH,
                    Terminal.safe(finding.remedy())
                            + judged.left()
                                    .map(left -> " (not filled in: " + Terminal.safe(left) + ")")
                                    .orElse(""));
        }
    }

    /** A line that begins with what is given and goes on in a column of its own. */
    private void row(String begin, int indent, String text) {
        List<String> lines = Terminal.wrap(text, Math.max(terminal.width() - indent, 30));
        out.println(begin + lines.get(0));
        lines.stream().skip(1).forEach(line -> out.println(" ".repeat(indent) + line));
    }

    private void summary(CheckReport report) {
        List<String> counts = new ArrayList<>();
        for (Outcome outcome : List.of(Outcome.DENIED, Outcome.HARDENED, Outcome.WARNED, Outcome.PASSED)) {
            if (report.count(outcome) > 0) {
                counts.add(terminal.paint(style(outcome), report.count(outcome) + " " + outcome.label()));
            }
        }
        int workloads = report.workloads().size();
        out.println(workloads + (workloads == 1 ? " workload" : " workloads")
                + (counts.isEmpty() ? "" : ": " + String.join(", ", counts))
                + (report.errors().isEmpty()
                        ? ""
                        : "; " + terminal.paint(Style.RED, report.errors().size() + " could not be read"))
                + (report.others() == 0 ? "" : "; " + report.others() + " other objects hold no pod")
                + ". Judged by " + report.profile() + ".");
        String denied = report.workloads().stream()
                .flatMap(entry -> entry.verdict().leadingTo(Action.DENY).stream())
                .map(judged -> judged.finding().rule().id())
                .distinct()
                .limit(1)
                .collect(Collectors.joining());
        if (!denied.isEmpty()) {
            out.println("Why, and how to fix it: bulkhead explain " + denied);
        }
        if (report.count(Outcome.HARDENED) > 0) {
            out.println("What is hardened needs no change: the gate fills it in when the pod is created.");
        }
    }

    private static Style style(Outcome outcome) {
        return switch (outcome) {
            case DENIED -> Style.RED;
            case HARDENED -> Style.CYAN;
            case WARNED -> Style.YELLOW;
            case PASSED -> Style.GREEN;
        };
    }

    private static String padded(String text, int width) {
        return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
    }
}

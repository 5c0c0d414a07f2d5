package dev.bulkhead.app.cli.output.table;

import static dev.bulkhead.app.cli.output.table.TableText.BELOW;
import static dev.bulkhead.app.cli.output.table.TableText.INDENT;

import dev.bulkhead.app.cli.output.FailOn;
import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.evaluation.FindingList;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Writes a workload into a table: its verdict and place, and below them its findings. */
final class WorkloadBlock {
    private static final int WIDEST_CONTAINER = 20;

    /** In a message column narrower than this, messages are placed below. */
    private static final int NARROWEST_MESSAGE = 40;

    private final TableText text;

    /** Of many workloads only what to do is listed: those that need no edit have one line each. */
    private final boolean many;

    private final TableOptions options;

    WorkloadBlock(TableText text, boolean many, TableOptions options) {
        this.text = text;
        this.many = many;
        this.options = options;
    }

    void add(ReportedWorkload entry) {
        text.add(
                        TableText.styleOf(entry.verdict()),
                        TextLayout.pad(entry.verdict().label(), TableText.ACTION_WIDTH))
                .add(INDENT)
                .add(Style.BOLD, TableText.nameOf(entry));
        entry.location().ifPresent(at -> text.add(INDENT).add(Style.FAINT, TableText.place(at, at.line())));
        if (!entry.evaluated()) {
            text.add(INDENT + "(no policy is for it)");
        }
        if (entry.counted() != entry.verdict()) {
            text.add(INDENT + (entry.known().isEmpty() ? "(by other rules)" : "(known)"));
        }
        if (many && !needsEdit(entry)) {
            addInOneLine(entry);
            return;
        }
        text.add("\n");
        Columns columns = new Columns(shown(entry));
        entry.leadingTo(Action.DENY).forEach(finding -> add(columns, Style.RED, "deny", finding));
        if (!options.quiet() || options.failOn() == FailOn.WARN) {
            entry.leadingTo(Action.WARN).forEach(finding -> add(columns, Style.YELLOW, "warn", finding));
        }
        if (!options.quiet() || options.failOn() == FailOn.HARDEN || options.failOn() == FailOn.WARN) {
            addHardened(entry, columns);
        }
        entry.omitted().forEach(this::addOmitted);
        if (options.quiet() ? options.failOn() == FailOn.NOTE || options.failOn() == FailOn.WARN : !many) {
            entry.notes().forEach(this::addNote);
        }
        if (options.quiet() || many) {
            return;
        }
        entry.excused().forEach(finding -> add(columns, Style.FAINT, "exempt", finding));
        if (options.verbose()) {
            entry.known().forEach(finding -> add(columns, Style.FAINT, "known", finding));
        } else if (!entry.known().isEmpty()) {
            text.remark(Style.FAINT, "known", "in the baseline: " + String.join(", ", rules(entry.known())));
        }
        List<ReportedFinding> audited = entry.leadingTo(Action.AUDIT);
        if (options.verbose()) {
            audited.forEach(finding -> add(columns, Style.FAINT, "audit", finding));
        } else if (!audited.isEmpty()) {
            text.remark(Style.FAINT, "audit", "only recorded: " + String.join(", ", rules(audited)));
        }
    }

    /** Whether a person has something to do: what is filled in may be warned about besides. */
    static boolean needsEdit(ReportedWorkload entry) {
        return entry.counted() == Outcome.DENIED
                || entry.counted() == Outcome.WARNED
                || !entry.leadingTo(Action.WARN).isEmpty();
    }

    private void addInOneLine(ReportedWorkload entry) {
        List<String> parts = new ArrayList<>();
        int hardened = rules(entry.leadingTo(Action.HARDEN)).size();
        if (hardened > 0) {
            parts.add(TextLayout.counted(hardened, "rule"));
        }
        if (entry.hasNotes()) {
            parts.add(TextLayout.counted(entry.notes().size(), "note"));
        }
        if (!entry.known().isEmpty()) {
            parts.add(entry.known().size() + " known");
        }
        text.add(parts.isEmpty() ? "\n" : INDENT + String.join(", ", parts) + "\n");
        entry.notes().stream().filter(note -> note.starts() == Starts.NO).forEach(this::addNote);
    }

    private void addHardened(ReportedWorkload entry, Columns columns) {
        List<ReportedFinding> hardened = entry.leadingTo(Action.HARDEN);
        if (options.verbose()) {
            hardened.forEach(finding -> add(columns, Style.CYAN, "harden", finding));
        } else if (!hardened.isEmpty()) {
            String when = entry.pod() ? "filled in by Bulkhead: " : "filled in when its pods are created: ";
            text.remark(Style.CYAN, "harden", when + String.join(", ", rules(hardened)));
        }
    }

    private void addNote(Note note) {
        text.remark(
                note.starts() == Starts.NO ? Style.YELLOW : Style.FAINT,
                "note",
                note.rule().id() + ": " + note.message());
    }

    private void addOmitted(FindingList.Omitted omitted) {
        String of = omitted.rule().map(rule -> " of " + rule).orElse("");
        String in = omitted.container()
                .map(container -> " in container \"" + container + "\"")
                .orElse("");
        text.remark(
                Style.FAINT, omitted.action().label(), TextLayout.counted(omitted.count(), "more finding") + of + in);
    }

    private List<ReportedFinding> shown(ReportedWorkload entry) {
        return entry.findings().stream()
                .filter(finding -> options.verbose()
                        || finding.exemption().isPresent()
                        || finding.leadsTo(Action.DENY)
                        || finding.leadsTo(Action.WARN))
                .toList();
    }

    private static Collection<String> rules(List<ReportedFinding> findings) {
        return findings.stream().map(TableText::ruleOf).distinct().toList();
    }

    /** The column positions of one workload's findings. */
    private final class Columns {
        private final int rule;
        private final int container;
        private final int message;

        Columns(List<ReportedFinding> findings) {
            rule = widest(findings.stream().map(TableText::ruleOf));
            container = Math.min(widest(findings.stream().map(WorkloadBlock::containerOf)), WIDEST_CONTAINER);
            int after = BELOW + rule + container + INDENT.length() * 2;
            message = text.columns() - after < NARROWEST_MESSAGE ? BELOW : after;
        }

        private static int widest(Stream<String> cells) {
            return cells.mapToInt(String::length).max().orElse(0);
        }
    }

    private static String containerOf(ReportedFinding finding) {
        return finding.container().map(SafeText::line).orElse("-");
    }

    private void add(Columns columns, Style style, String action, ReportedFinding finding) {
        String container = containerOf(finding);
        text.action(style, action)
                .add(Style.BOLD, TextLayout.pad(TableText.ruleOf(finding), columns.rule))
                .add(INDENT);
        if (columns.message == BELOW || container.length() > columns.container) {
            text.add(container).add("\n").add(" ".repeat(columns.message));
        } else {
            text.add(TextLayout.pad(container, columns.container)).add(INDENT);
        }
        text.wrapped(finding.message(), columns.message);
        String line = finding.line().isPresent() ? "line " + finding.line().getAsInt() + ": " : "";
        if (finding.exemption().isPresent()) {
            text.below(line + "exempted by " + finding.exemption().get());
        } else {
            text.below(line + finding.fix());
            finding.notHardenedReason().ifPresent(reason -> text.below("not filled in: " + reason));
        }
    }
}

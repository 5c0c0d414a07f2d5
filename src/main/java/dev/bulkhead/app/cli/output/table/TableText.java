package dev.bulkhead.app.cli.output.table;

import dev.bulkhead.app.cli.output.TerminalStyle;
import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.report.SourceLocation;
import dev.bulkhead.engine.text.SafeText;
import java.util.List;

/** The text of a table: a narrow column of verdicts and actions, and a wide one that is wrapped. */
final class TableText {
    static final String INDENT = "  ";
    static final int ACTION_WIDTH = 8;

    /** The start of the second column, and of everything below a line. */
    static final int BELOW = ACTION_WIDTH + INDENT.length();

    private final TerminalStyle look;
    private final StringBuilder out = new StringBuilder();

    TableText(TerminalStyle look) {
        this.look = look;
    }

    int columns() {
        return look.columns();
    }

    TableText add(String text) {
        out.append(text);
        return this;
    }

    TableText add(Style style, String text) {
        out.append(look.styled(style, text));
        return this;
    }

    /** Adds an action in the first column. */
    TableText action(Style style, String action) {
        return add(INDENT)
                .add(style, TextLayout.pad(action, ACTION_WIDTH - INDENT.length()))
                .add(INDENT);
    }

    /** Adds text at the current column. */
    TableText wrapped(String text, int column) {
        List<String> lines = TextLayout.wrap(SafeText.line(text), look.columns() - column);
        return add(String.join("\n" + " ".repeat(column), lines)).add("\n");
    }

    /** Adds lines that begin below the second column. */
    TableText below(String text) {
        return add(" ".repeat(BELOW)).wrapped(text, BELOW);
    }

    /** Adds an action and what there is to say of it. */
    TableText remark(Style style, String action, String text) {
        return action(style, action).wrapped(text, BELOW);
    }

    /** Adds lines from the first column on. */
    TableText paragraph(String text) {
        TextLayout.wrap(SafeText.line(text), look.columns())
                .forEach(line -> add(line).add("\n"));
        return this;
    }

    static String nameOf(ReportedWorkload workload) {
        return SafeText.line(workload.kind() + " " + workload.namespace() + "/"
                + (workload.name().isEmpty() ? "(no name)" : workload.name()));
    }

    static String place(SourceLocation at, int line) {
        return SafeText.line(at.file()) + ":" + line
                + at.template()
                        .map(template -> " (" + SafeText.line(template) + ")")
                        .orElse("");
    }

    static String ruleOf(ReportedFinding finding) {
        return finding.rule().id();
    }

    static Style styleOf(Outcome verdict) {
        return switch (verdict) {
            case DENIED -> Style.RED;
            case HARDENED -> Style.CYAN;
            case WARNED -> Style.YELLOW;
            case PASSED -> Style.GREEN;
        };
    }

    @Override
    public String toString() {
        return out.toString();
    }
}

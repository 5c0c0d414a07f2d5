package dev.bulkhead.app.cli.output;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cluster.doctor.Diagnosis;
import dev.bulkhead.app.cluster.doctor.Diagnosis.Finding;
import dev.bulkhead.app.cluster.doctor.State;
import dev.bulkhead.engine.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/** Writes what checks found for a person: the worst first, with what to do about it. */
public final class DiagnosisTable {
    private static final String GAP = "  ";
    private static final int STATE_WIDTH = 7;

    private DiagnosisTable() {}

    /** The table as text. */
    public static String of(Diagnosis diagnosis, TerminalStyle look) {
        int width = diagnosis.findings().stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        StringBuilder out = new StringBuilder();
        for (Finding finding : diagnosis.findings()) {
            State state = finding.answer().state();
            out.append(look.styled(style(state), TextLayout.pad(state.toString(), STATE_WIDTH)))
                    .append(GAP)
                    .append(look.styled(Style.BOLD, TextLayout.pad(finding.check(), width)))
                    .append(GAP);
            int column = STATE_WIDTH + width + 2 * GAP.length();
            List<String> lines = new ArrayList<>(wrap(finding.answer().message(), look.columns() - column));
            finding.answer()
                    .remedy()
                    .ifPresent(remedy -> wrap("> " + remedy, look.columns() - column).stream()
                            .map(line -> look.styled(Style.FAINT, line))
                            .forEach(lines::add));
            out.append(String.join("\n" + " ".repeat(column), lines)).append('\n');
        }
        return out.append('\n').append(summary(diagnosis, look)).append('\n').toString();
    }

    private static List<String> wrap(String text, int columns) {
        return TextLayout.wrap(SafeText.line(text), columns);
    }

    private static String summary(Diagnosis diagnosis, TerminalStyle look) {
        List<String> counts = new ArrayList<>();
        add(counts, look, State.PROBLEM, TextLayout.counted(diagnosis.count(State.PROBLEM), "problem"), diagnosis);
        add(counts, look, State.UNKNOWN, diagnosis.count(State.UNKNOWN) + " unknown", diagnosis);
        add(counts, look, State.WARNING, TextLayout.counted(diagnosis.count(State.WARNING), "warning"), diagnosis);
        add(counts, look, State.OK, diagnosis.count(State.OK) + " ok", diagnosis);
        return SafeText.line(diagnosis.place().name()) + " in namespace "
                + diagnosis.place().home() + " of " + SafeText.line(diagnosis.server()) + ": "
                + String.join(", ", counts) + ".";
    }

    private static void add(List<String> counts, TerminalStyle look, State state, String text, Diagnosis diagnosis) {
        if (diagnosis.count(state) > 0) {
            counts.add(look.styled(style(state), text));
        }
    }

    private static Style style(State state) {
        return switch (state) {
            case PROBLEM -> Style.RED;
            case UNKNOWN -> Style.CYAN;
            case WARNING -> Style.YELLOW;
            case OK -> Style.GREEN;
        };
    }
}

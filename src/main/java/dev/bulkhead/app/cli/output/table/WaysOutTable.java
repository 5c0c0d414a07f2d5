package dev.bulkhead.app.cli.output.table;

import static dev.bulkhead.app.cli.output.table.TableText.ACTION_WIDTH;
import static dev.bulkhead.app.cli.output.table.TableText.INDENT;

import dev.bulkhead.app.cli.output.TerminalStyle.Style;
import dev.bulkhead.app.cli.output.TextLayout;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.reach.Exposure;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.text.SafeText;
import java.util.Comparator;
import java.util.List;

/** Writes the workloads that lead furthest, by the shortest way. */
final class WaysOutTable {
    private static final int MOST_WAYS_OUT = 10;

    private WaysOutTable() {}

    static void add(TableText text, Report report) {
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
        text.add("\n")
                .add(Style.BOLD, TextLayout.counted(exposed.size(), "workload") + " with a way out" + mostOf(exposed))
                .add("\n");
        for (ReportedWorkload workload : exposed.subList(0, Math.min(exposed.size(), MOST_WAYS_OUT))) {
            Escape escape = workload.exposure().orElseThrow().reach().escape().orElseThrow();
            text.add(Style.RED, TextLayout.pad(escape.to().label(), ACTION_WIDTH))
                    .add(INDENT)
                    .add(
                            Style.BOLD,
                            SafeText.line(workload.kind() + " " + workload.namespace() + "/" + workload.name()))
                    .add("\n")
                    .below(String.join("; then ", escape.steps()) + ": "
                            + escape.to().description());
        }
    }

    private static String mostOf(List<ReportedWorkload> exposed) {
        return exposed.size() > MOST_WAYS_OUT ? "; the worst " + MOST_WAYS_OUT + ":" : ":";
    }
}

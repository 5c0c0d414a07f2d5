package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.FindingKey;
import java.util.ArrayList;
import java.util.List;

/** What came of comparing a report with a baseline, in words. */
public final class BaselineText {
    private static final int MOST_RESOLVED = 10;

    private BaselineText() {}

    /** The numbers, as a sentence without its end. */
    public static String numbers(Baseline.Comparison comparison) {
        return "baseline: " + TextLayout.counted(comparison.known(), "finding") + " known, " + comparison.fresh()
                + " new, " + comparison.resolvedCount() + " resolved";
    }

    /** What is resolved, a line each; of many, the first, and how many more there are. */
    public static List<String> resolved(Baseline.Comparison comparison) {
        List<String> lines = new ArrayList<>();
        List<Baseline.Entry> resolved = comparison.resolved();
        resolved.stream().limit(MOST_RESOLVED).map(BaselineText::describe).forEach(lines::add);
        if (resolved.size() > MOST_RESOLVED) {
            lines.add("and " + (resolved.size() - MOST_RESOLVED) + " more");
        }
        return List.copyOf(lines);
    }

    /** A finding of a baseline. */
    public static String describe(Baseline.Entry entry) {
        FindingKey key = entry.key();
        return key.kind() + " " + key.namespace() + "/" + (key.name().isEmpty() ? key.file() : key.name()) + ": "
                + key.rule()
                + (key.container().isEmpty() ? "" : " in container \"" + key.container() + "\"")
                + " (" + key.value() + ")"
                + (entry.count() == 1 ? "" : ", " + entry.count() + " times");
    }
}

package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What in a report makes a command exit with 1. */
public enum FailOn {
    DENY,
    HARDEN,
    NOTE,
    WARN,
    NEVER;

    /** Of the option. */
    public static final String DESCRIPTION =
            "Exits with 1 where something is denied, hardened, noted (or denied), or warned about:"
                    + " ${COMPLETION-CANDIDATES}."
                    + " Default: deny.";

    public boolean isReachedBy(Report report) {
        return (this == WARN && !report.warnings().isEmpty())
                || report.workloads().stream().anyMatch(this::isReachedBy);
    }

    /** Whether this workload alone makes a command exit with 1. */
    public boolean isReachedBy(ReportedWorkload workload) {
        return switch (this) {
            case DENY -> workload.counted() == Outcome.DENIED;
            case HARDEN -> workload.counted().compareTo(Outcome.HARDENED) >= 0;
            case NOTE -> workload.counted() == Outcome.DENIED || workload.hasNewNotes();
            case WARN -> workload.counted() != Outcome.PASSED || workload.hasNewNotes();
            case NEVER -> false;
        };
    }

    /** The levels of findings that make a command exit with 1, which are those of a baseline. */
    public Set<Baseline.Level> levels() {
        return switch (this) {
            case DENY, NEVER -> EnumSet.of(Baseline.Level.DENY);
            case HARDEN -> EnumSet.of(Baseline.Level.DENY, Baseline.Level.HARDEN);
            case NOTE -> EnumSet.of(Baseline.Level.DENY, Baseline.Level.NOTE);
            case WARN -> EnumSet.allOf(Baseline.Level.class);
        };
    }

    /** The same for a preview, in which what may not start counts as noted. */
    public boolean isReachedBy(Preview preview) {
        boolean noted = this == NOTE || this == WARN;
        return isReachedBy(preview.report()) || (noted && preview.count(PreviewOutcome.AT_RISK) > 0);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

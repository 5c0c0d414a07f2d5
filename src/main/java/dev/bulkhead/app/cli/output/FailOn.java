package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.preview.Preview;
import dev.bulkhead.engine.preview.PreviewOutcome;
import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedWorkload;
import java.util.Locale;

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
            case NOTE -> workload.counted() == Outcome.DENIED || workload.hasNotes();
            case WARN -> workload.counted() != Outcome.PASSED || workload.hasNotes();
            case NEVER -> false;
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

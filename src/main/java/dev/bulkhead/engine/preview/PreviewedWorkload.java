package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.rule.Starts;
import java.util.List;
import java.util.Optional;

/**
 * A workload, and what enforcing would do to it.
 *
 * @param report its findings, what is filled in, and the edits
 * @param owner the team or application that it belongs to; empty where no label says so
 * @param pods how many pods it has now
 * @param starts whether its containers start with what is filled in
 * @param evidence how that is known; empty unless something is filled in
 */
public record PreviewedWorkload(
        ReportedWorkload report, Optional<String> owner, int pods, Starts starts, List<Evidence> evidence) {
    public PreviewedWorkload {
        evidence = List.copyOf(evidence);
    }

    /** What enforcing would do to it. */
    public PreviewOutcome outcome() {
        return switch (report.verdict()) {
            case DENIED -> PreviewOutcome.DENIED;
            case HARDENED -> starts == Starts.YES ? PreviewOutcome.HARDENED : PreviewOutcome.AT_RISK;
            case WARNED, PASSED -> PreviewOutcome.PASSES;
        };
    }

    /** Whether it is admitted with a warning. */
    public boolean isWarned() {
        return report.verdict() == Outcome.WARNED;
    }
}

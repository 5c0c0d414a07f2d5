package dev.bulkhead.app.cli.output.table;

import dev.bulkhead.app.cli.output.FailOn;

/**
 * How a table is written.
 *
 * @param verbose whether each finding is listed that is filled in or only recorded
 * @param quiet whether only what fails is listed, without a summary
 * @param grouping in what order
 * @param failOn what fails
 */
public record TableOptions(boolean verbose, boolean quiet, Grouping grouping, FailOn failOn) {
    /** Workload by workload, as without options. */
    public static final TableOptions DEFAULT = new TableOptions(false, false, Grouping.WORKLOAD, FailOn.DENY);
}

package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.engine.report.ReportedWorkload;

/**
 * A workload and what is decided about it.
 *
 * @param pods how many pods it has that have not ended
 */
public record ScannedWorkload(WorkloadId id, ReportedWorkload report, int pods) {}

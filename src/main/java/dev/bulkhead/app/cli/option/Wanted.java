package dev.bulkhead.app.cli.option;

import dev.bulkhead.engine.report.Baseline;
import dev.bulkhead.engine.report.FindingKey;
import dev.bulkhead.engine.report.ReportFilter;
import java.util.Optional;

/**
 * What of a report is wanted.
 *
 * @param baseline what is tolerated
 */
public record Wanted(ReportFilter filter, Optional<Baseline> baseline) {
    /** The same, of one namespace. */
    public Wanted of(String namespace) {
        return new Wanted(filter.of(namespace), baseline);
    }

    boolean includes(FindingKey key) {
        return filter.includes(key.rule()) && filter.includesNamespace(key.namespace());
    }
}

package dev.bulkhead.app.console.view;

import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.console.access.Viewer;
import java.util.List;
import java.util.Optional;

/** The workloads of the last scan, put in order once for everybody who may see them. Thread-safe. */
public final class ScanRows {
    private final ConsoleData data;
    private volatile Rows last = new Rows(Optional.empty(), List.of());

    private record Rows(Optional<Scan.Snapshot> scan, List<Seen.Row> rows) {}

    public ScanRows(ConsoleData data) {
        this.data = data;
    }

    /** What a viewer sees of the last scan; empty before the first has ended. */
    public Optional<Seen> seenBy(Viewer viewer) {
        return data.lastScan().map(scan -> Seen.of(rowsOf(scan), scan.at(), viewer));
    }

    private List<Seen.Row> rowsOf(Scan.Snapshot scan) {
        Rows known = last;
        if (known.scan().filter(of -> of.at().equals(scan.at())).isPresent()) {
            return known.rows();
        }
        List<Seen.Row> computed = Seen.rowsOf(scan);
        last = new Rows(Optional.of(scan), computed);
        return computed;
    }
}

package dev.bulkhead.app.cluster.report;

import dev.bulkhead.app.cluster.scan.Scan.Snapshot;
import dev.bulkhead.app.cluster.scan.ScannedWorkload;
import dev.bulkhead.app.cluster.scan.WorkloadId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reports that should be there after a scan: one of each workload that a policy is for. Of a report only the hash is
 * kept; the report is made anew when it is written.
 */
final class WantedReports {
    private final Map<ReportId, Wanted> byId;
    private final Map<WorkloadId, Wanted> byWorkload;

    /**
     * A report that should be there.
     *
     * @param uid the workload's
     * @param hash of the report's content
     */
    record Wanted(ReportId id, ScannedWorkload workload, String uid, String hash) {
        static Wanted of(ScannedWorkload workload, String uid) {
            return new Wanted(
                    ReportId.of(workload.id(), uid),
                    workload,
                    uid,
                    ReportDocument.of(workload).hash());
        }

        /** Whether it is stored as it should be. */
        boolean isIn(Map<ReportId, StoredReport> stored) {
            StoredReport report = stored.get(id);
            return report != null && report.hash().equals(hash);
        }

        /** Whether it is of the same workload, not evaluated again since. */
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(ScannedWorkload other, String otherUid) {
            return workload.report() == other.report() && uid.equals(otherUid);
        }
    }

    /** None. */
    WantedReports() {
        this(new LinkedHashMap<>(), new HashMap<>());
    }

    private WantedReports(Map<ReportId, Wanted> byId, Map<WorkloadId, Wanted> byWorkload) {
        this.byId = byId;
        this.byWorkload = byWorkload;
    }

    /**
     * Those after the next scan, the worst first.
     *
     * @param uids of the workloads; one without is no longer there
     */
    WantedReports next(Snapshot snapshot, Map<WorkloadId, String> uids) {
        WantedReports next = new WantedReports();
        List<ScannedWorkload> worstFirst = snapshot.workloads().stream()
                .sorted(Comparator.comparing(
                                (ScannedWorkload workload) -> workload.report().verdict())
                        .reversed())
                .toList();
        for (ScannedWorkload workload : worstFirst) {
            Optional<String> uid = Optional.ofNullable(uids.get(workload.id())).filter(text -> !text.isEmpty());
            if (workload.report().evaluated() && uid.isPresent()) {
                Wanted wanted = Optional.ofNullable(byWorkload.get(workload.id()))
                        .filter(before -> before.isOf(workload, uid.get()))
                        .orElseGet(() -> Wanted.of(workload, uid.get()));
                next.byId.put(wanted.id(), wanted);
                next.byWorkload.put(workload.id(), wanted);
            }
        }
        return next;
    }

    /** The one of that name. */
    Optional<Wanted> find(ReportId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** What is to be written or deleted so that all these are there, and no others. */
    List<ReportId> differences(Map<ReportId, StoredReport> stored) {
        List<ReportId> differences = new ArrayList<>();
        byId.forEach((id, wanted) -> {
            if (!wanted.isIn(stored)) {
                differences.add(id);
            }
        });
        stored.keySet().stream().filter(id -> !byId.containsKey(id)).sorted().forEach(differences::add);
        return differences;
    }
}

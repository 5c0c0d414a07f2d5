package dev.bulkhead.cli;

import dev.bulkhead.manifest.ManifestObject;
import dev.bulkhead.manifest.Problem;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.workload.Workload;
import java.util.List;

/**
 * What {@code check} found.
 *
 * @param profile by which it was judged; {@code policy} where policies decided
 * @param others how many objects held no pod
 */
record CheckReport(String profile, List<Entry> workloads, List<Problem> errors, int others) {
    CheckReport {
        workloads = List.copyOf(workloads);
        errors = List.copyOf(errors);
    }

    /** A workload, where it stands, in which namespace it was judged, and the verdict. */
    record Entry(ManifestObject object, Workload workload, String namespace, Verdict verdict) {
        int line(String pointer) {
            return object.position(pointer).line();
        }
    }

    long count(Verdict.Outcome outcome) {
        return workloads.stream()
                .filter(entry -> entry.verdict().outcome() == outcome)
                .count();
    }

    boolean hasAtLeast(Verdict.Outcome outcome) {
        return workloads.stream().anyMatch(entry -> entry.verdict().outcome().compareTo(outcome) >= 0);
    }
}

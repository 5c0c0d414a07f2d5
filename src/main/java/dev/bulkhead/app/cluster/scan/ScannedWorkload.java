package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.engine.reach.Exposure;
import dev.bulkhead.engine.reach.Hull;
import dev.bulkhead.engine.reach.Neighbours;
import dev.bulkhead.engine.reach.Reach;
import dev.bulkhead.engine.report.ReportedWorkload;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * A workload and what is decided about it.
 *
 * @param labels of the object that a person edits; of a pod where that is not known; the first 64
 * @param pods how many pods it has that have not ended
 * @param podStates how they are
 * @param exposure what a compromise of it reaches, as its pods run; by what they will be, where it has none
 */
public record ScannedWorkload(
        WorkloadId id,
        Map<String, String> labels,
        ReportedWorkload report,
        int pods,
        PodSummary podStates,
        Exposure exposure) {
    public ScannedWorkload {
        labels = ImmutableCopies.of(labels);
    }

    /** The worst by {@link Exposure#WORST_FIRST} first; of those that are equal in it the one with more pods. Total. */
    public static final Comparator<ScannedWorkload> WORST_FIRST = Comparator.comparing(
                    ScannedWorkload::exposure, Exposure.WORST_FIRST)
            .thenComparing(workload -> -workload.pods())
            .thenComparing(ScannedWorkload::id);

    /** What a compromise of it reaches. */
    public Reach reach() {
        return exposure.reach();
    }

    /** Which layers hold. */
    public Hull hull() {
        return exposure.hull();
    }

    /** Who shares a kernel with it; empty where only a part of the cluster was read. */
    public Optional<Neighbours> neighbours() {
        return exposure.neighbours();
    }

    /** The same without what its accounts may do by the API and who is beside it, which tells of other namespaces. */
    public ScannedWorkload withinItsNamespace() {
        return with(new Exposure(exposure.reach().withoutRights(), exposure.hull(), Optional.empty()));
    }

    /** The same with another exposure. */
    ScannedWorkload with(Exposure other) {
        return new ScannedWorkload(id, labels, report, pods, podStates, other);
    }

    /** The same with pods that are as these. */
    ScannedWorkload with(PodSummary states) {
        return new ScannedWorkload(id, labels, report, pods, states, exposure);
    }
}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import java.util.Optional;

/** An object as it is and as it would be after an update. */
public final class WorkloadUpdate {
    private final Workload before;
    private final Workload after;
    private final Optional<PodUpdate> ofPod;
    private final Extent extent;

    /** How much of an object an update puts up for evaluation. */
    enum Extent {
        /** Nothing: what changes cannot matter to any rule. */
        NOTHING,
        /** Annotations of a pod, which a runtime reads whenever it starts one of its containers again. */
        ANNOTATIONS,
        /** All of it. */
        ALL
    }

    private WorkloadUpdate(Workload before, Workload after, boolean limited) {
        this.before = before;
        this.after = after;
        this.ofPod = after.isPod() ? Optional.of(new PodUpdate(before.pod(), after.pod())) : Optional.empty();
        this.extent = ofPod.map(update -> extentOf(update, limited)).orElse(Extent.ALL);
    }

    /** An update by which the API server lets nothing of a pod change that matters, save what PodUpdate counts. */
    public static WorkloadUpdate of(Workload before, Workload after) {
        return new WorkloadUpdate(before, after, true);
    }

    /** An update by which anything may change, such as one of a subresource that is not known. */
    public static WorkloadUpdate ofAnything(Workload before, Workload after) {
        return new WorkloadUpdate(before, after, false);
    }

    private Extent extentOf(PodUpdate update, boolean limited) {
        if (update.isSignificant()
                || (!limited
                        && !before.pod().spec().node().equals(after.pod().spec().node()))) {
            return Extent.ALL;
        }
        boolean sameAnnotations = before.pod()
                .metadata()
                .get("annotations")
                .node()
                .equals(after.pod().metadata().get("annotations").node());
        return sameAnnotations ? Extent.NOTHING : Extent.ANNOTATIONS;
    }

    /** Whether it changes nothing that any rule is about, so that there is nothing to evaluate. */
    public boolean isHarmless() {
        return extent == Extent.NOTHING;
    }

    /** Whether that container is an ephemeral one that was not there before. */
    public boolean isAdded(Container container) {
        return ofPod.map(update -> update.isAdded(container)).orElse(false);
    }

    Workload before() {
        return before;
    }

    Workload after() {
        return after;
    }

    Extent extent() {
        return extent;
    }
}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import java.util.Optional;

/** The stored object and the object after an update. */
public final class WorkloadUpdate {
    private final Workload before;
    private final Workload after;
    private final Optional<PodUpdate> ofPod;
    private final Extent extent;

    /** How much of an object must be evaluated after an update. */
    enum Extent {
        /** Nothing: no rule depends on what changes. */
        NOTHING,
        /** The annotations of a pod, which a runtime reads again whenever it restarts a container. */
        ANNOTATIONS,
        /** Everything. */
        ALL
    }

    private WorkloadUpdate(Workload before, Workload after, boolean limited) {
        this.before = before;
        this.after = after;
        this.ofPod = after.isPod() ? Optional.of(new PodUpdate(before.pod(), after.pod())) : Optional.empty();
        this.extent = ofPod.map(update -> extentOf(update, limited)).orElse(Extent.ALL);
    }

    /**
     * An update in which the API server lets only those fields of a pod change that {@link PodUpdate} compares, and
     * fields that no rule reads.
     */
    public static WorkloadUpdate of(Workload before, Workload after) {
        return new WorkloadUpdate(before, after, true);
    }

    /** An update in which anything may change, such as one of an unknown subresource. */
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

    /** Whether no rule depends on what changes, so that no evaluation is needed. */
    public boolean isHarmless() {
        return extent == Extent.NOTHING;
    }

    /** Whether that container is an ephemeral container that the update adds. */
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

package dev.bulkhead.app.admission;

import dev.bulkhead.engine.policy.PolicySet;
import java.util.Optional;

/** Decides about requests for what is no workload but bears on what is demanded of workloads. */
public interface ResourceValidator {
    /**
     * The decision; empty when the request is about something else.
     *
     * @param context whether the cluster may be asked, for whom, and until when
     */
    Optional<Decision> on(AdmissionRequest request, PolicySet policies, AdmissionContext context);
}

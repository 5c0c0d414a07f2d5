package dev.bulkhead.app.admission;

import dev.bulkhead.engine.policy.PolicySet;
import java.util.Optional;

/** Decides about objects that are not workloads but affect which rules apply to workloads. */
public interface ResourceValidator {
    /**
     * The decision; empty if the request is about something else.
     *
     * @param context whether the API server may be asked, for whom, and until when
     */
    Optional<Decision> on(AdmissionRequest request, PolicySet policies, AdmissionContext context);
}

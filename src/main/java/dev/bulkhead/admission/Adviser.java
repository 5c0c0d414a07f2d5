package dev.bulkhead.admission;

import dev.bulkhead.policy.Policies;
import java.util.Optional;

/** Decides about requests for what is no workload but bears on what is demanded of workloads. */
interface Adviser {
    /**
     * The decision; empty when the request is about something else.
     *
     * @param mayAsk whether the cluster may be asked; else the decision may be postponed
     */
    Optional<Decision> on(ReviewRequest request, Policies policies, boolean mayAsk);
}

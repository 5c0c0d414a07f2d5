package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a verdict depends on besides the workload and the demands.
 *
 * @param namespace where the workload goes
 * @param user who asks, as the API server authenticated it; empty outside of a request
 * @param addedOnly on a running pod: the containers that are being added, which alone can still be changed
 * @param work counts what the evaluation does, and ends it in time
 */
public record EvaluationContext(
        ClusterCapabilities cluster,
        Instant now,
        Optional<String> namespace,
        Optional<String> user,
        Optional<Predicate<Container>> addedOnly,
        WorkMeter work) {
    /** Circumstances in which an evaluation may take as long as it takes. */
    public EvaluationContext(
            ClusterCapabilities cluster,
            Instant now,
            Optional<String> namespace,
            Optional<String> user,
            Optional<Predicate<Container>> addedOnly) {
        this(cluster, now, namespace, user, addedOnly, WorkMeter.unlimited());
    }

    /** A workload on its way in, asked for by nobody in particular. */
    public static EvaluationContext of(ClusterCapabilities cluster, Instant now, Optional<String> namespace) {
        return new EvaluationContext(cluster, now, namespace, Optional.empty(), Optional.empty());
    }

    /** The same, asked by one of Kubernetes' own controllers, so that the owners that an object names count. */
    EvaluationContext askedByAController() {
        return new EvaluationContext(cluster, now, namespace, Optional.of(WorkloadOwners.CONTROLLER), addedOnly, work);
    }
}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a verdict depends on besides the workload and the rules.
 *
 * @param namespace where the workload goes
 * @param user who asks, as the API server authenticated it; empty outside of a request
 * @param addedOnly on a running pod: the containers that are being added, which alone can still be changed
 * @param manifest whether the API server has not seen the object yet, and so is still to complete even a pod
 * @param hardened whether hardening is over, so that nothing can be filled in any more
 * @param work counts what the evaluation does, and ends it in time
 */
record EvaluationContext(
        ClusterCapabilities cluster,
        Instant now,
        Optional<String> namespace,
        Optional<String> user,
        Optional<Predicate<Container>> addedOnly,
        boolean manifest,
        boolean hardened,
        WorkMeter work) {

    /** The same, asked by one of Kubernetes' own controllers, so that the owners that an object names count. */
    EvaluationContext askedByAController() {
        return new EvaluationContext(
                cluster, now, namespace, Optional.of(WorkloadOwners.CONTROLLER), addedOnly, manifest, hardened, work);
    }

    /** The same where only those containers can still be changed. */
    EvaluationContext changingOnly(Predicate<Container> added) {
        return new EvaluationContext(cluster, now, namespace, user, Optional.of(added), manifest, hardened, work);
    }

    /** The same for an object that the API server has not seen yet. */
    EvaluationContext ofManifest() {
        return new EvaluationContext(cluster, now, namespace, user, addedOnly, true, hardened, work);
    }

    /** The same once hardening is over. */
    EvaluationContext afterHardening() {
        return new EvaluationContext(cluster, now, namespace, user, addedOnly, manifest, true, work);
    }
}

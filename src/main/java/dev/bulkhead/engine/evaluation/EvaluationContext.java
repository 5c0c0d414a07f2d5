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
 * @param namespace the workload's namespace
 * @param user the requesting user, as the API server authenticated it; empty outside of a request
 * @param addedOnly for a running pod: the containers that are being added, the only ones that can still be changed
 * @param manifest whether the API server has not completed the object yet, not even a pod
 * @param hardened whether hardening has ended, so that nothing more is filled in
 * @param work counts the steps of the evaluation and ends it at its deadline
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

    /** The same with a controller of Kubernetes as the user, so that the object's owner references count. */
    EvaluationContext askedByAController() {
        return new EvaluationContext(
                cluster, now, namespace, Optional.of(WorkloadOwners.CONTROLLER), addedOnly, manifest, hardened, work);
    }

    /** The same for a running pod of which only these containers can be changed. */
    EvaluationContext changingOnly(Predicate<Container> added) {
        return new EvaluationContext(cluster, now, namespace, user, Optional.of(added), manifest, hardened, work);
    }

    /** The same for an object that the API server has not seen yet. */
    EvaluationContext ofManifest() {
        return new EvaluationContext(cluster, now, namespace, user, addedOnly, true, hardened, work);
    }

    /** The same after hardening. */
    EvaluationContext afterHardening() {
        return new EvaluationContext(cluster, now, namespace, user, addedOnly, manifest, true, work);
    }
}

package dev.bulkhead.engine.rule;

import java.util.Optional;

/**
 * What a rule may read besides the pod.
 *
 * @param settings what the policy sets
 * @param cluster what the cluster is able to do
 * @param namespace the pod's namespace, where known
 * @param template whether the pod does not exist yet: the API server adds its own to it before it is judged again
 * @param work counts what the evaluation does, and ends it in time
 */
public record RuleContext(
        RuleSettings settings,
        ClusterCapabilities cluster,
        Optional<String> namespace,
        boolean template,
        WorkMeter work) {
    /** The context for a pod, without a time limit. */
    public RuleContext(RuleSettings settings, ClusterCapabilities cluster, Optional<String> namespace) {
        this(settings, cluster, namespace, false, WorkMeter.unlimited());
    }
}

package dev.bulkhead.engine.rule;

import java.util.Optional;

/**
 * What a rule may read besides the pod.
 *
 * @param settings the policy's settings
 * @param cluster the cluster's capabilities
 * @param namespace the pod's namespace, where known
 * @param template whether the pod does not exist yet: the API server will complete it before it is evaluated again
 * @param controlled whether the pod belongs to a controller, which was admitted before it
 * @param work counts the steps of the evaluation and ends it at its deadline
 */
public record RuleContext(
        RuleSettings settings,
        ClusterCapabilities cluster,
        Optional<String> namespace,
        boolean template,
        boolean controlled,
        WorkMeter work) {
    /** The context for a pod, without a time limit. */
    public RuleContext(RuleSettings settings, ClusterCapabilities cluster, Optional<String> namespace) {
        this(settings, cluster, namespace, false, false, WorkMeter.unlimited());
    }
}

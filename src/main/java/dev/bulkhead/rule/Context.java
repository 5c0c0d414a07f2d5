package dev.bulkhead.rule;

import java.util.Optional;

/**
 * What a rule may know besides the pod.
 *
 * @param settings what the policy sets
 * @param cluster what the cluster is able to do
 * @param namespace the pod's namespace, where known
 */
public record Context(Settings settings, Cluster cluster, Optional<String> namespace) {}

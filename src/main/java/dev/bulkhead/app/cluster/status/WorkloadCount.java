package dev.bulkhead.app.cluster.status;

import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counts the workloads of a cluster by policy. The API server lists pods in the order of their namespaces, so only the
 * workloads of one namespace are kept.
 */
final class WorkloadCount {
    private final WorkloadEvaluation evaluation;
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Set<String>> here = new HashMap<>();
    private String namespace = "";

    WorkloadCount(WorkloadEvaluation evaluation, Collection<Namespace> namespaces) {
        this.evaluation = evaluation;
        namespaces.forEach(known -> this.namespaces.put(known.name(), known));
    }

    /** Counts the pod's workload once for each policy that matches. */
    void add(PodMetadata.Entry pod) {
        if (!pod.namespace().equals(namespace)) {
            settle();
            namespace = pod.namespace();
        }
        Namespace known = namespaces.getOrDefault(namespace, Namespace.named(namespace));
        evaluation
                .rulesFor(known, pod::labels)
                .policies()
                .forEach(policy ->
                        here.computeIfAbsent(policy, name -> new HashSet<>()).add(pod.workload()));
    }

    private void settle() {
        here.forEach((policy, workloads) -> counts.merge(policy, workloads.size(), Integer::sum));
        here.clear();
    }

    /** How many workloads each policy matches. The caller may change the map. */
    Map<String, Integer> byPolicy() {
        settle();
        return new HashMap<>(counts);
    }

    /** The number of workloads that are kept, each counted for every policy that matches it. */
    int kept() {
        return here.values().stream().mapToInt(Set::size).sum();
    }
}

package dev.bulkhead.app.cluster.status;

import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.workload.ImmutableCopies;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the workloads that policies match, by listing the metadata of all pods page by page. That is slow in a large
 * cluster, and impossible without permission to list pods: the last count stays valid, and nothing waits for it.
 * <p>One thread counts; any thread may read the counts.
 */
public final class WorkloadCounter {
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final ClusterState cluster;
    private final Clock clock;
    private volatile Map<String, Integer> counts = Map.of();
    private volatile List<PolicyState> countedFor = List.of();
    private Instant counted = Instant.EPOCH;

    public WorkloadCounter(KubernetesClient client, ClusterState cluster, Clock clock) {
        this.client = client;
        this.cluster = cluster;
        this.clock = clock;
    }

    /** How many workloads the policy matched at the last count; empty before that. */
    Optional<Integer> count(String policy) {
        return Optional.ofNullable(counts.get(policy));
    }

    /** Whether the last count was for the current policies. */
    public boolean isCurrent() {
        return cluster.declarations().policyStates().equals(countedFor);
    }

    /**
     * Counts, unless that was just done for the same policies. Waits for the API server.
     *
     * @throws IOException when pods cannot be listed
     */
    public void count() throws IOException {
        PolicySnapshot declarations = cluster.declarations();
        boolean due = !clock.instant().isBefore(counted.plus(EVERY)) || !isCurrent();
        if (!due) {
            return;
        }
        if (declarations.policyStates().isEmpty()) {
            counts = Map.of();
            countedFor = declarations.policyStates();
            return;
        }
        WorkloadCount count = new WorkloadCount(
                new WorkloadEvaluation(declarations.policies(), cluster.cluster(), clock.instant()),
                cluster.knownNamespaces());
        PodMetadata.forEach(client, count::add);
        Map<String, Integer> byPolicy = count.byPolicy();
        declarations
                .policyStates()
                .forEach(state -> byPolicy.putIfAbsent(state.identity().name(), 0));
        counts = ImmutableCopies.of(byPolicy);
        countedFor = declarations.policyStates();
        counted = clock.instant();
    }
}

package dev.bulkhead.app.cluster.scan.failure;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.CustomResources;
import dev.bulkhead.app.cluster.scan.failure.FailingPods.Workload;
import dev.bulkhead.app.cluster.watch.ClusterState;
import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.Identity;
import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes into the status of policies how many workloads that they match do not start; nothing else of the status. */
final class NotStartingStatus {
    private final KubernetesClient client;
    private final ClusterState cluster;
    private final Clock clock;
    private final Map<String, Integer> written = new HashMap<>();

    NotStartingStatus(KubernetesClient client, ClusterState cluster, Clock clock) {
        this.client = client;
        this.cluster = cluster;
        this.clock = clock;
    }

    /**
     * Writes what has changed.
     *
     * @param failing the workloads of pods that do not start; those of one workload count once
     * @throws IOException when something could not be written and should be retried
     */
    void write(List<Workload> failing) throws IOException {
        PolicySnapshot declarations = cluster.declarations();
        Map<String, Set<String>> byPolicy = byPolicy(declarations, failing);
        Set<String> alive = new HashSet<>();
        Optional<KubernetesClientException> failure = Optional.empty();
        for (PolicyState state : declarations.policyStates()) {
            Identity identity = state.identity();
            alive.add(identity.uid());
            int count = byPolicy.getOrDefault(identity.name(), Set.of()).size();
            try {
                write(identity, count);
            } catch (KubernetesClientException e) {
                failure = failure.or(() -> Optional.of(e));
            }
        }
        written.keySet().retainAll(alive);
        if (failure.isPresent()) {
            throw new IOException(
                    "how many workloads do not start could not be written into the status of policies: "
                            + ApiServerFailure.text(failure.get()),
                    failure.get());
        }
    }

    private Map<String, Set<String>> byPolicy(PolicySnapshot declarations, List<Workload> failing) {
        WorkloadEvaluation evaluation =
                new WorkloadEvaluation(declarations.policies(), cluster.cluster(), clock.instant());
        Map<String, Namespace> namespaces = new HashMap<>();
        if (!failing.isEmpty()) {
            cluster.knownNamespaces().forEach(known -> namespaces.put(known.name(), known));
        }
        Map<String, Set<String>> byPolicy = new HashMap<>();
        for (Workload workload : failing) {
            Namespace namespace = namespaces.getOrDefault(workload.namespace(), Namespace.named(workload.namespace()));
            String name = workload.namespace() + "/" + workload.owner().kind() + "/"
                    + workload.owner().name();
            evaluation
                    .rulesFor(namespace, workload::labels)
                    .policies()
                    .forEach(policy -> byPolicy.computeIfAbsent(policy, any -> new HashSet<>())
                            .add(name));
        }
        return byPolicy;
    }

    private void write(Identity identity, int count) {
        Integer before = written.get(identity.uid());
        if (before != null && before == count) {
            return;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("status").put("notStarting", count);
        try {
            client.genericKubernetesResources(CustomResources.POLICIES)
                    .withName(identity.name())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
        written.put(identity.uid(), count);
    }
}

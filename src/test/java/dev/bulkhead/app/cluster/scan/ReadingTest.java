package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.engine.access.AccessRule;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Role;
import dev.bulkhead.engine.access.RoleBinding;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadingTest {
    private static Optional<Escape> escape(Map<String, Namespace> read) {
        Inventory inventory = Inventory.unbounded();
        inventory.put(ScannedKind.of(KubernetesKind.POD), Yaml.tree("""
                        metadata: {name: web, namespace: shop, uid: p}
                        spec:
                          containers:
                          - name: a
                            image: a
                            volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
                          volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]
                        """).deepCopy());
        Role maker = new Role(
                "", "maker", List.of(new AccessRule(List.of("create"), List.of(""), List.of("pods"), List.of())));
        RoleBinding binding = new RoleBinding(
                "other", "b", true, "maker", List.of(RoleBinding.user(RoleBinding.userName("shop", "default"))));
        ClusterReader.Reading reading = new ClusterReader.Reading(
                inventory,
                ObservedPods.unbounded(),
                WorkloadKinds.builtIn(),
                read,
                Evaluations.CLUSTER,
                false,
                Optional.of(new AccessTable(List.of(maker), List.of(binding), List.of())),
                true,
                List.of(),
                List.of(),
                InstalledSettings.defaults("bulkhead-system"),
                List.of());
        WorkloadEvaluation evaluation =
                new WorkloadEvaluation(PolicySet.of(Profile.PRIVILEGED), Evaluations.CLUSTER, Evaluations.NOW);
        return new ScanEvaluation(reading.kinds())
                .in(reading.surroundings(evaluation))
                .evaluate(inventory, evaluation, reading::namespace)
                .workloads()
                .get(0)
                .reach()
                .escape();
    }

    @Test
    void privilegedPodsAreReportedOnlyForNamespacesWhoseLabelsWereRead() {
        assertThat(escape(Map.of("shop", Namespace.named("shop")))).isEmpty();
        assertThat(escape(Map.of("other", Namespace.named("other")))
                        .orElseThrow()
                        .steps()
                        .get(0))
                .isEqualTo("creates a privileged pod in namespace other, which nothing there denies");
    }
}

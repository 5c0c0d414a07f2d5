package dev.bulkhead.app.cluster.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadCountTest {
    private static Policy policy(String name, LabelSelector namespaces, LabelSelector workloads) {
        Policy builtIn = Policy.builtIn(Profile.BASELINE);
        return new Policy(
                name,
                new Policy.Match(namespaces, workloads, Set.of()),
                builtIn.profile(),
                builtIn.mode(),
                builtIn.namespaceLabels(),
                Map.of(),
                builtIn.settings());
    }

    private static LabelSelector labels(String key, String value) {
        return new LabelSelector(Map.of(key, value), List.of());
    }

    private final WorkloadCount count = new WorkloadCount(
            new WorkloadEvaluation(
                    new PolicySet(
                            List.of(
                                    policy("tenants", labels("tier", "tenant"), LabelSelector.EVERYTHING),
                                    policy("web", LabelSelector.EVERYTHING, labels("app", "web"))),
                            Optional.of(Policy.builtIn(Profile.RESTRICTED)),
                            List.of()),
                    ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR),
                    Instant.EPOCH),
            List.of(new Namespace("shop", Map.of("tier", "tenant")), Namespace.named("other")));

    @Test
    void countsEachWorkloadOnceForEachPolicyThatMatches() {
        count.add(new PodMetadata.Entry("other", Map.of("app", "web"), "Deployment/web"));
        count.add(new PodMetadata.Entry("other", Map.of("app", "web"), "Deployment/web"));
        count.add(new PodMetadata.Entry("other", Map.of(), "Pod/alone"));
        count.add(new PodMetadata.Entry("shop", Map.of("app", "web"), "Deployment/web"));
        count.add(new PodMetadata.Entry("shop", Map.of(), "Job/a"));

        assertThat(count.byPolicy()).isEqualTo(Map.of("tenants", 2, "web", 2, "built-in", 1));
    }

    @Test
    void keepsNoMoreThanTheWorkloadsOfOneNamespace() {
        for (int namespace = 0; namespace < 100; namespace++) {
            for (int pod = 0; pod < 100; pod++) {
                count.add(new PodMetadata.Entry("n" + namespace, Map.of("app", "web"), "Pod/p" + pod));
                assertThat(count.kept()).isLessThanOrEqualTo(100);
            }
        }

        assertThat(count.byPolicy()).isEqualTo(Map.of("web", 10_000));
    }
}

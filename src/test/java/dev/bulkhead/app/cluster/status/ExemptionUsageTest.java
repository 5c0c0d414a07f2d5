package dev.bulkhead.app.cluster.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Excused;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Use;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExemptionUsageTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final ClusterCapabilities CLUSTER = ClusterCapabilities.offline(ClusterCapabilities.NEWEST_MINOR);

    private final ExemptionUsage uses = new ExemptionUsage();

    private static Verdict excused(String exemption, String capability) {
        Exemption any = new Exemption(
                exemption,
                "because",
                "us",
                NOW.plus(Duration.ofDays(1)),
                new Exemption.Match(Set.of("a"), Set.of(), Set.of()),
                Map.of("capabilities_baseline", Set.of(Exemption.ANY)));
        PolicySet policies = new PolicySet(List.of(Policy.builtIn(Profile.BASELINE)), List.of(any));
        Workload pod = WorkloadKinds.builtIn()
                .find(Yaml.tree("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c,"
                        + " securityContext: {capabilities: {add: ['" + capability + "']}}}]}}"))
                .orElseThrow();
        return new WorkloadEvaluation(policies, CLUSTER, NOW)
                .asStored(pod, Namespace.named("a"), Optional.empty())
                .verdict();
    }

    @Test
    void notesWhatWasExcusedOnce() {
        uses.note(excused("e", "NET_ADMIN"), "a", "Deployment", "web", NOW);
        uses.note(excused("e", "NET_ADMIN"), "a", "Deployment", "web", NOW);
        uses.note(excused("e", "SYS_TIME"), "a", "Deployment", "web", NOW);

        assertThat(uses.take(NOW).values())
                .singleElement()
                .satisfies(use -> assertThat(use.excused())
                        .containsExactly(Map.entry(
                                "a/Deployment/web",
                                new Excused(
                                        NOW,
                                        new TreeSet<>(Set.of(
                                                "capabilities_baseline=NET_ADMIN",
                                                "capabilities_baseline=SYS_TIME"))))));
        assertThat(uses.bytes()).isZero();
    }

    @Test
    void returnedEntriesAreTakenWithTheNewOnes() {
        uses.note(excused("e", "NET_ADMIN"), "a", "Deployment", "web", NOW);
        Map<String, Use> taken = uses.take(NOW);
        uses.note(excused("e", "SYS_TIME"), "a", "Deployment", "web", NOW.plusSeconds(1));

        taken.forEach(uses::putBack);

        assertThat(uses.take(NOW.plusSeconds(2)).values())
                .singleElement()
                .satisfies(use -> assertThat(use.last()).isEqualTo(NOW.plusSeconds(1)))
                .satisfies(use -> assertThat(use.excused())
                        .hasSize(1)
                        .hasEntrySatisfying(
                                "a/Deployment/web",
                                excused -> assertThat(excused.values())
                                        .containsExactly(
                                                "capabilities_baseline=NET_ADMIN", "capabilities_baseline=SYS_TIME")));
        assertThat(uses.bytes()).isZero();
    }

    @Test
    void constantUseIsReportedOnceAMinute() {
        uses.note(excused("e", "NET_ADMIN"), "a", "Deployment", "web", NOW);
        assertThat(uses.take(NOW)).hasSize(1);

        uses.note(excused("e", "NET_ADMIN"), "a", "Deployment", "web", NOW);
        assertThat(uses.take(NOW.plusSeconds(59))).isEmpty();
        assertThat(uses.take(NOW.plusSeconds(60))).hasSize(1);
    }

    @Test
    void userChosenNamesAndValuesStayWithinABound() {
        for (int value = 0; value < 30; value++) {
            String capability = value + "X".repeat(300);
            for (int exemption = 0; exemption < 60; exemption++) {
                Verdict verdict = excused("e" + exemption, capability);
                for (int name = 0; name < 30; name++) {
                    uses.note(verdict, "a", "Pod", name + "p".repeat(5_000), NOW);
                    assertThat(uses.bytes()).isLessThanOrEqualTo(4 << 20);
                }
            }
        }

        assertThat(uses.bytes()).isGreaterThan(3 << 20);
        assertThat(uses.take(NOW)).hasSizeLessThanOrEqualTo(60);
        assertThat(uses.bytes()).isZero();
    }
}

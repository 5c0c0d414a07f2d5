package dev.bulkhead.app.cluster.scan.personal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.MovingClock;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.app.cluster.scan.InstalledSettings;
import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.app.cluster.scan.ScannedKind;
import dev.bulkhead.app.cluster.scan.observation.ObservedPods;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.workload.KubernetesKind;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PolledScanTest {
    private final MovingClock clock = new MovingClock(Evaluations.NOW);
    private Optional<String> failure = Optional.empty();
    private boolean faulty;
    private int reads;

    private final PolledScan scan = new PolledScan(
            now -> {
                reads++;
                if (failure.isPresent()) {
                    throw new IOException(failure.get());
                }
                if (faulty) {
                    throw new IllegalStateException("a bug");
                }
                return reading();
            },
            Duration.ofDays(365),
            clock);

    @AfterEach
    void stop() {
        scan.close();
    }

    private static ClusterReader.Reading reading() {
        Inventory inventory = Inventory.unbounded();
        inventory.put(ScannedKind.of(KubernetesKind.POD), Yaml.tree("""
                        metadata: {name: web, namespace: shop, uid: p}
                        spec: {containers: [{name: web, image: nginx, securityContext: {privileged: true}}]}
                        """).deepCopy());
        return new ClusterReader.Reading(
                inventory,
                ObservedPods.unbounded(),
                WorkloadKinds.builtIn(),
                Map.of("shop", Namespace.named("shop")),
                Evaluations.CLUSTER,
                true,
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                InstalledSettings.defaults("bulkhead-system"),
                List.of("persistentvolumes cannot be read: the volumes behind claims are not checked"));
    }

    private void lookAfter(Duration time) {
        clock.pass(time);
        scan.look();
        scan.tick();
    }

    @Test
    void knowsNothingBeforeTheFirstReading() {
        assertThat(scan.last()).isEmpty();
        assertThat(scan.limits()).isEmpty();
    }

    @Test
    void evaluatesWhatItReadsAndSaysWhatItCouldNotRead() {
        lookAfter(Duration.ZERO);

        assertThat(scan.last().orElseThrow().workloads())
                .singleElement()
                .satisfies(workload -> assertThat(workload.report().verdict()).isEqualTo(Outcome.DENIED));
        assertThat(scan.knownNamespaces()).extracting(Namespace::name).containsExactly("shop");
        assertThat(scan.limits())
                .containsExactly("persistentvolumes cannot be read: the volumes behind claims are not checked");
    }

    @Test
    void readsAgainOnlyAfterAPause() {
        lookAfter(Duration.ZERO);
        lookAfter(Duration.ofSeconds(14));
        assertThat(reads).isOne();

        lookAfter(Duration.ofSeconds(1));
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void stopsReadingWhenNobodyLooks() {
        lookAfter(Duration.ZERO);
        clock.pass(Duration.ofMinutes(5));
        scan.tick();
        assertThat(reads).isOne();

        lookAfter(Duration.ZERO);
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void keepsWhatItKnowsWhenAReadingFailsAndSaysSo() {
        lookAfter(Duration.ZERO);
        failure = Optional.of("pods cannot be read: 403");
        lookAfter(Duration.ofMinutes(1));

        assertThat(scan.last().orElseThrow().at()).isEqualTo(Evaluations.NOW);
        assertThat(scan.limits().get(0)).isEqualTo("The cluster could not be read 0 s ago: pods cannot be read: 403.");
        clock.pass(Duration.ofMinutes(3));
        assertThat(scan.limits().get(0)).contains(" 3 minutes ago: ");

        failure = Optional.empty();
        lookAfter(Duration.ofMinutes(1));
        assertThat(scan.limits()).noneMatch(limit -> limit.contains("403"));
    }

    @Test
    void survivesAFaultOfItsOwn() {
        faulty = true;
        lookAfter(Duration.ZERO);
        assertThat(scan.limits().get(0)).startsWith("The cluster could not be evaluated ");

        faulty = false;
        lookAfter(Duration.ofMinutes(1));
        assertThat(scan.last()).isPresent();
    }
}

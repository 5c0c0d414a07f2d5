package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.Yaml;
import dev.bulkhead.app.cluster.scan.Inventory.Scanned;
import dev.bulkhead.app.cluster.scan.observation.PodSummary;
import dev.bulkhead.app.cluster.scan.observation.ScannedPod;
import dev.bulkhead.engine.workload.KubernetesKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class InventoryTest {
    private final Inventory inventory = Inventory.unbounded();

    private record Arrival(KubernetesKind kind, String yaml) {
        void to(Inventory inventory) {
            inventory.put(ScannedKind.of(kind), Yaml.tree(yaml).deepCopy());
        }
    }

    private static Arrival pod(String uid, String namespace, String owner) {
        return new Arrival(KubernetesKind.POD, """
                metadata: {name: %1$s, namespace: %2$s, uid: %1$s, ownerReferences: [%3$s]}
                spec: {containers: [{name: app, image: app}]}
                """.formatted(uid, namespace, owner));
    }

    private static String owner(String kind, String name, String uid) {
        return "{apiVersion: apps/v1, kind: %s, name: %s, uid: %s, controller: true}".formatted(kind, name, uid);
    }

    private static Arrival controller(KubernetesKind kind, String uid, String name, String owner) {
        return new Arrival(kind, """
                metadata: {name: %2$s, namespace: shop, uid: %1$s, ownerReferences: [%3$s]}
                spec: {template: {spec: {containers: [{name: app, image: app}]}}}
                """.formatted(uid, name, owner));
    }

    private static List<Arrival> deployment() {
        return List.of(
                controller(KubernetesKind.DEPLOYMENT, "d", "web", ""),
                controller(KubernetesKind.REPLICA_SET, "r1", "web-1", owner("Deployment", "web", "d")),
                controller(KubernetesKind.REPLICA_SET, "r2", "web-2", owner("Deployment", "web", "d")),
                pod("p1", "shop", owner("ReplicaSet", "web-1", "r1")),
                pod("p2", "shop", owner("ReplicaSet", "web-2", "r2")),
                pod("p3", "shop", owner("ReplicaSet", "web-2", "r2")));
    }

    @Property(tries = 100)
    void podsBelongToTheirDeploymentInWhateverOrderTheyArrive(@ForAll long seed) {
        List<Arrival> arrivals = new ArrayList<>(deployment());
        Collections.shuffle(arrivals, new Random(seed));
        Inventory shuffled = Inventory.unbounded();
        arrivals.forEach(arrival -> arrival.to(shuffled));

        assertThat(shuffled.workloads()).singleElement().satisfies(workload -> {
            assertThat(workload.id()).isEqualTo(new WorkloadId("shop", "apps/v1", "Deployment", "web"));
            assertThat(workload.template()).isPresent();
            assertThat(workload.podCount()).isEqualTo(3);
            assertThat(workload.pods()).as("alike but for the ReplicaSet").hasSize(2);
        });
    }

    @Test
    void whatADeploymentWithoutPodsWouldMakeCounts() {
        controller(KubernetesKind.DEPLOYMENT, "d", "web", "").to(inventory);

        assertThat(inventory.workloads())
                .singleElement()
                .extracting(Scanned::podCount)
                .isEqualTo(0);
    }

    @Test
    void ownerThatIsNotWatchedGivesItsNameToThePods() {
        pod("p1", "shop", "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: x, controller: true}")
                .to(inventory);

        assertThat(inventory.workloads())
                .extracting(Scanned::id)
                .containsExactly(new WorkloadId("shop", "argoproj.io/v1alpha1", "Rollout", "web"));
    }

    @Test
    void rolloutIsFoundThroughItsReplicaSet() {
        controller(
                        KubernetesKind.REPLICA_SET,
                        "r",
                        "web-1",
                        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: x, controller: true}")
                .to(inventory);
        pod("p1", "shop", owner("ReplicaSet", "web-1", "r")).to(inventory);

        assertThat(inventory.workloads())
                .extracting(scanned -> scanned.id().kind())
                .containsExactly("Rollout");
    }

    @Test
    void ownerInAnotherNamespaceIsNone() {
        controller(KubernetesKind.DEPLOYMENT, "d", "web", "").to(inventory);
        pod("p1", "attack", owner("Deployment", "web", "d")).to(inventory);

        assertThat(inventory.workloads())
                .extracting(scanned -> scanned.id().namespace() + " " + scanned.podCount())
                .containsExactly("attack 1", "shop 0");
    }

    @Test
    void ownersThatOwnEachOtherEnd() {
        controller(KubernetesKind.REPLICA_SET, "a", "a", owner("ReplicaSet", "b", "b"))
                .to(inventory);
        controller(KubernetesKind.REPLICA_SET, "b", "b", owner("ReplicaSet", "a", "a"))
                .to(inventory);
        pod("p1", "shop", owner("ReplicaSet", "a", "a")).to(inventory);

        assertThat(inventory.workloads()).hasSize(1);
    }

    @Test
    void removedObjectsAreGone() {
        deployment().forEach(arrival -> arrival.to(inventory));
        List.of("p1", "p2", "p3").forEach(inventory::remove);

        assertThat(inventory.workloads())
                .singleElement()
                .satisfies(left -> assertThat(left.podCount()).isZero());
        inventory.remove("d");
        assertThat(inventory.workloads()).isEmpty();
    }

    private static Arrival failing(String uid, String owner) {
        return new Arrival(KubernetesKind.POD, """
                metadata: {name: %1$s, namespace: shop, uid: %1$s, ownerReferences: [%2$s],
                  annotations: {bulkhead.dev/hardened: "runAsNonRoot,seccomp"}}
                spec: {containers: [{name: app, image: app}]}
                status: {phase: Running, containerStatuses: [
                  {name: app, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}]}
                """.formatted(uid, owner));
    }

    @Test
    void podsOfAWorkloadAreThereTheWorstFirst() {
        deployment().forEach(arrival -> arrival.to(inventory));
        pod("other", "shop", "").to(inventory);
        failing("p3", owner("ReplicaSet", "web-2", "r2")).to(inventory);
        WorkloadId web = new WorkloadId("shop", "apps/v1", "Deployment", "web");

        assertThat(inventory.pods(web)).extracting(ScannedPod::name).containsExactly("p3", "p1", "p2");
        assertThat(inventory.pods(web).get(0).hardened()).isEqualTo("runAsNonRoot,seccomp");
        assertThat(inventory.pods(web).get(0).state().restarts()).isEqualTo(4);
        assertThat(inventory.workloads())
                .filteredOn(workload -> workload.id().equals(web))
                .extracting(Scanned::states)
                .containsExactly(new PodSummary(0, 0, 2, 1, 4, 4));
        assertThat(inventory.manifest(web))
                .hasValueSatisfying(
                        manifest -> assertThat(manifest.path("kind").asText()).isEqualTo("Deployment"));
    }

    @Test
    void howAPodIsChangesNothingThatIsEvaluated() {
        pod("p1", "shop", "").to(inventory);
        long version = inventory.version();
        long changes = inventory.changes();
        ObjectNode running = Yaml.tree(pod("p1", "shop", "").yaml() + "status: {phase: Running}\n")
                .deepCopy();
        inventory.put(ScannedKind.POD, running);

        assertThat(inventory.version()).isEqualTo(version);
        assertThat(inventory.changes()).isGreaterThan(changes);
        assertThat(inventory.workloads())
                .singleElement()
                .extracting(Scanned::states)
                .isEqualTo(new PodSummary(1, 0, 0, 0, 0, 0));
    }

    @Test
    void versionRisesWithChangesOnly() {
        pod("p1", "shop", "").to(inventory);
        long version = inventory.version();
        pod("p1", "shop", "").to(inventory);
        inventory.remove("nobody");
        assertThat(inventory.version()).isEqualTo(version);

        ObjectNode changed = Yaml.tree(pod("p1", "shop", "").yaml()).deepCopy();
        ((ObjectNode) changed.at("/spec/containers/0")).put("image", "other");
        inventory.put(ScannedKind.POD, changed);
        assertThat(inventory.version()).isGreaterThan(version);
    }

    @Test
    void aReplicaSetThatArrivesAfterItsPodsChangesTheirWorkload() {
        pod("p1", "shop", owner("ReplicaSet", "web-1", "r1")).to(inventory);
        long version = inventory.version();
        controller(KubernetesKind.REPLICA_SET, "r1", "web-1", owner("Deployment", "web", "d"))
                .to(inventory);

        assertThat(inventory.version()).isGreaterThan(version);
        assertThat(inventory.workloads())
                .extracting(scanned -> scanned.id().kind())
                .containsExactly("Deployment");
        assertThat(Optional.of(inventory.workloads().get(0).id().name())).contains("web");
    }

    @Test
    void objectsBeyondTheBytesThatAreKeptAreNamedAndComeBackWhenThereIsRoom() {
        String large =
                pod("p%d", "shop", "").yaml().replace("image: app", "image: app, workingDir: " + "x".repeat(1_000));
        Inventory small = new Inventory(2_500);
        for (int i = 1; i <= 3; i++) {
            small.put(ScannedKind.POD, Yaml.tree(large.formatted(i, i)).deepCopy());
        }

        assertThat(small.bytes()).isLessThanOrEqualTo(2_500);
        assertThat(small.workloads()).hasSize(2);
        assertThat(small.leftOut()).extracting(WorkloadId::name).containsExactly("p3");

        small.remove("p1");
        small.put(ScannedKind.POD, Yaml.tree(large.formatted(3, 3)).deepCopy());
        assertThat(small.leftOut()).isEmpty();
        assertThat(small.workloads()).extracting(scanned -> scanned.id().name()).containsExactly("p2", "p3");
    }

    @Test
    void contentThatNobodyHasAnyMoreTakesNoRoom() {
        for (int i = 0; i < 100; i++) {
            pod("p" + i, "shop", owner("ReplicaSet", "web-1", "r1")).to(inventory);
        }
        long shared = inventory.bytes();
        assertThat(shared).isPositive().isLessThan(1_000);

        for (int i = 0; i < 100; i++) {
            inventory.remove("p" + i);
        }
        assertThat(inventory.bytes()).isZero();
    }
}

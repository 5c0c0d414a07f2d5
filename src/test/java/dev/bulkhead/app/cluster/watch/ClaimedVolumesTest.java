package dev.bulkhead.app.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.workload.ClaimedVolume;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimedVolumesTest {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private final ClaimedVolumes volumes = new ClaimedVolumes();

    private static PersistentVolume volume(String name, String claim, String source, String phase) {
        return YAML.unmarshal("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: %s, resourceVersion: "7"}
                spec: {claimRef: {namespace: shop, name: %s}, %s}
                status: {phase: %s}
                """.formatted(name, claim, source, phase), PersistentVolume.class);
    }

    private Optional<ClaimedVolume> found(String claim) {
        return volumes.find("shop", claim);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "hostPath: {path: /run/containerd}; OfNode[path=/run/containerd]",
                "hostPath: {}; OfNode[path=]",
                "local: {path: /mnt/disks/a}; OfNode[path=/mnt/disks/a]",
                "local: {path: /dev/sdb}; OfType[type=local]",
                "csi: {driver: nfs.csi.k8s.io, volumeHandle: x}; OfDriver[driver=nfs.csi.k8s.io]",
                "nfs: {server: x, path: /}; OfType[type=nfs]",
                "iscsi: {targetPortal: x, iqn: y, lun: 0}; OfType[type=iscsi]"
            })
    void findsTheVolumeOfAClaim(String source, String what) {
        volumes.onAdd(volume("pv", "data", source, "Bound"));

        assertThat(found("data").map(Object::toString)).hasValue(what);
        assertThat(found("other")).isEmpty();
        assertThat(volumes.find("other", "data")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Released", "Failed"})
    void forgetsVolumesThatTheirClaimNoLongerUses(String phase) {
        PersistentVolume bound = volume("pv", "data", "nfs: {server: x, path: /}", "Bound");
        volumes.onAdd(bound);
        volumes.onUpdate(bound, volume("pv", "data", "nfs: {server: x, path: /}", phase));

        assertThat(found("data")).isEmpty();
        assertThat(volumes.size()).isZero();
    }

    @Test
    void ignoresUnknownTypes() {
        volumes.onAdd(volume("pv", "data", "quantum: {}", "Bound"));

        assertThat(found("data")).isEmpty();
    }

    @Test
    void followsAClaimFromVolumeToVolume() {
        PersistentVolume first = volume("first", "data", "nfs: {server: x, path: /}", "Bound");
        volumes.onAdd(first);
        volumes.onAdd(volume("second", "data", "hostPath: {path: /srv}", "Bound"));
        volumes.onDelete(first, false);

        assertThat(found("data")).hasValue(new ClaimedVolume.OfNode("/srv"));
    }

    @Test
    void isBoundedInNumberAndSize() {
        ClaimedVolumes few = new ClaimedVolumes(2);
        for (int i = 0; i < 5; i++) {
            few.onAdd(volume("v" + i, "c" + i, "hostPath: {path: /" + "x".repeat(10_000) + "}", "Bound"));
        }

        assertThat(few.size()).isEqualTo(2);
        assertThat(few.find("shop", "c4")).isEmpty();
        assertThat(few.find("shop", "c1"))
                .hasValueSatisfying(
                        what -> assertThat(((ClaimedVolume.OfNode) what).path()).hasSize(4_096));
        few.onDelete(volume("v0", "c0", "hostPath: {path: /}", "Bound"), false);
        few.onAdd(volume("v4", "c4", "hostPath: {path: /}", "Bound"));
        assertThat(few.find("shop", "c4")).isPresent();
    }

    /** The informer's store keeps no more of a volume than by what name to forget it. */
    @Test
    void forgetsByWhatTheInformerKeeps() {
        var store = new ReducedStateItemStore<>(
                ReducedStateItemStore.NAME_KEY_STATE, PersistentVolume.class, new KubernetesSerialization());
        PersistentVolume volume = volume("pv", "data", "hostPath: {path: /run}", "Bound");
        store.put(store.getKey(volume), volume);
        volumes.onAdd(volume);

        PersistentVolume kept = store.remove(store.getKey(volume));
        assertThat(kept.getSpec()).isNull();
        volumes.onDelete(kept, false);

        assertThat(found("data")).isEmpty();
    }
}

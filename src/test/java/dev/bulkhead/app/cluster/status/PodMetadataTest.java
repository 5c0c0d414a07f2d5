package dev.bulkhead.app.cluster.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.Yaml;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodMetadataTest {
    private static String workloadOf(String metadata) {
        return PodMetadata.Entry.of(Yaml.tree(metadata)).workload();
    }

    @Test
    void podsOfOneControllerBelongToOneWorkload() {
        assertThat(workloadOf("{name: web-6d4cf56db6-abcde, labels: {pod-template-hash: 6d4cf56db6},"
                        + " ownerReferences: [{kind: ReplicaSet, name: web-6d4cf56db6, controller: true}]}"))
                .isEqualTo("Deployment/web");
        assertThat(workloadOf("{name: db-0, ownerReferences: [{kind: StatefulSet, name: db, controller: true}]}"))
                .isEqualTo("StatefulSet/db");
    }

    @Test
    void jobsOfACronJobAreOneWorkload() {
        assertThat(workloadOf("{name: backup-29403360-x7k2p,"
                        + " ownerReferences: [{kind: Job, name: backup-29403360, controller: true}]}"))
                .isEqualTo("CronJob/backup");
        assertThat(workloadOf("{name: import-x7k2p, ownerReferences: [{kind: Job, name: import, controller: true}]}"))
                .isEqualTo("Job/import");
    }

    @Test
    void podWithoutAControllerIsItsOwnWorkload() {
        assertThat(workloadOf("{name: alone}")).isEqualTo("Pod/alone");
        assertThat(workloadOf("{name: alone, ownerReferences: [{kind: Node, name: n1}]}"))
                .isEqualTo("Pod/alone");
    }

    @Test
    void hasWhatSelectorsMatch() {
        PodMetadata.Entry entry =
                PodMetadata.Entry.of(Yaml.tree("{name: web, namespace: shop, labels: {app: web, tier: front}}"));

        assertThat(entry.namespace()).isEqualTo("shop");
        assertThat(entry.labels()).isEqualTo(Map.of("app", "web", "tier", "front"));
    }
}

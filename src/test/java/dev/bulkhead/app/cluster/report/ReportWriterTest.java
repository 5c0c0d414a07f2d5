package dev.bulkhead.app.cluster.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.scan.ScannedCluster;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportWriterTest {
    private static final String SAFE = "containers: [{name: app, image: nginxinc/nginx-unprivileged}]";
    private static final String UNSAFE = "hostNetwork: true\n" + SAFE;

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final ScannedCluster cluster = new ScannedCluster(clock);
    private final ReportWriter writer = new ReportWriter(server.client(), ReportChoice.AUTO, cluster, clock);

    @AfterEach
    void close() {
        writer.close();
        server.close();
    }

    private void serve(ReportApi... apis) {
        server.recover();
        for (ReportApi api : ReportApi.values()) {
            server.fail(request -> request.equals("GET /" + api.path()), 404);
        }
        for (ReportApi api : apis) {
            server.answer(
                    request -> request.equals("GET /" + api.path()),
                    "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"" + api.resource() + "\"}]}");
        }
    }

    private List<GenericKubernetesResource> stored(ReportApi api) {
        return server.client()
                .genericKubernetesResources(api.context())
                .inAnyNamespace()
                .list()
                .getItems();
    }

    private List<String> names(ReportApi api) {
        return stored(api).stream()
                .map(report -> report.getMetadata().getName().replaceFirst("-[0-9a-f]{8}$", ""))
                .sorted()
                .toList();
    }

    private long patches() {
        return server.count(request -> request.startsWith("PATCH"));
    }

    @ParameterizedTest
    @EnumSource
    void eachWorkloadHasAReportThatIsWrittenOnceAndWhenItChanges(ReportApi api) throws IOException {
        serve(api);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.deployment("shop", "db", SAFE);
        cluster.scan();
        writer.write();
        assertThat(names(api)).containsExactly("deployment-db", "deployment-web");
        assertThat(patches()).isEqualTo(2);

        writer.write();
        cluster.evaluateBy(new PolicySet(List.of(Policy.builtIn(Profile.LEAST_PRIVILEGE)), List.of()));
        cluster.scan();
        writer.write();
        assertThat(patches()).as("evaluated again with the same result").isEqualTo(2);

        cluster.deployment("shop", "web", SAFE);
        cluster.scan();
        writer.write();
        assertThat(patches()).isEqualTo(3);
        assertThat(stored(api))
                .allSatisfy(
                        report -> assertThat(report.getAdditionalProperties().get("summary"))
                                .hasToString("{fail=0, warn=2, skip=0, pass=5, error=0}"));
        assertThat(writer.written().sum()).isEqualTo(3);
    }

    @Test
    void reportOfAWorkloadThatIsGoneIsDeleted() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.deployment("shop", "db", UNSAFE);
        cluster.scan();
        writer.write();
        cluster.remove("u-web");
        cluster.scan();
        writer.write();

        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("deployment-db");
        assertThat(writer.deleted().sum()).isEqualTo(1);
    }

    @Test
    void workloadThatNoPolicyIsForHasNoReport() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        cluster.evaluateBy(new PolicySet(List.of(), List.of()));
        cluster.scan();
        writer.write();

        assertThat(names(ReportApi.OPENREPORTS)).isEmpty();
    }

    @Test
    void whatWasWrittenBeforeARestartIsNotWrittenAgain() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.deployment("shop", "old", UNSAFE);
        cluster.scan();
        writer.write();
        long before = patches();
        cluster.remove("u-old");
        cluster.scan();

        try (ReportWriter restarted = new ReportWriter(server.client(), ReportChoice.AUTO, cluster, clock)) {
            restarted.write();
        }

        assertThat(patches()).isEqualTo(before);
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("GET /apis/openreports.io/v1alpha1/reports"))
                .isNotEmpty()
                .allMatch(request -> request.contains("limit=500")
                        && request.contains("labelSelector=app.kubernetes.io%2Fmanaged-by%3Dbulkhead"));
        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("deployment-web");
    }

    @Test
    void reportsThatOthersWroteAreLeftAlone() throws IOException {
        serve(ReportApi.OPENREPORTS);
        server.client()
                .genericKubernetesResources(ReportApi.OPENREPORTS.context())
                .inNamespace("shop")
                .resource(server.client().getKubernetesSerialization().unmarshal("""
                        {"apiVersion": "openreports.io/v1alpha1", "kind": "Report",
                         "metadata": {"name": "other", "namespace": "shop"}}
                        """, GenericKubernetesResource.class))
                .create();
        cluster.scan();
        writer.write();

        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("other");
    }

    @Test
    void reportThatSomebodyDeletedIsWrittenAgain() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        server.client()
                .genericKubernetesResources(ReportApi.OPENREPORTS.context())
                .inNamespace("shop")
                .delete();
        writer.write();
        assertThat(names(ReportApi.OPENREPORTS)).isEmpty();

        clock.pass(ReportWriter.LOOK_EVERY);
        writer.write();
        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("deployment-web");
    }

    /** Changes the content as the API server would store it: with a new generation, and with another manager. */
    private void edit(long generation) {
        GenericKubernetesResource report = stored(ReportApi.OPENREPORTS).get(0);
        report.setAdditionalProperty("results", List.of());
        report.getMetadata().setGeneration(generation);
        report.getMetadata()
                .setManagedFields(
                        List.of(managed("bulkhead", "f:scope", "f:summary"), managed("kubectl-edit", "f:results")));
        server.client()
                .genericKubernetesResources(ReportApi.OPENREPORTS.context())
                .inNamespace("shop")
                .resource(report)
                .update();
    }

    private static ManagedFieldsEntry managed(String manager, String... fields) {
        FieldsV1 owned = new FieldsV1();
        for (String field : fields) {
            owned.setAdditionalProperty(field, Map.of());
        }
        return new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withFieldsV1(owned)
                .build();
    }

    private int results() {
        Object results =
                stored(ReportApi.OPENREPORTS).get(0).getAdditionalProperties().get("results");
        return results instanceof List<?> list ? list.size() : -1;
    }

    @Test
    void contentThatSomebodyChangedIsRestoredOnce() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        int results = results();
        edit(7);
        assertThat(results()).isZero();

        clock.pass(ReportWriter.LOOK_EVERY);
        writer.write();
        assertThat(results()).isEqualTo(results).isPositive();
        assertThat(patches()).isEqualTo(2);

        clock.pass(ReportWriter.LOOK_EVERY);
        writer.write();
        assertThat(patches()).isEqualTo(2);
    }

    @Test
    void contentThatSomebodyChangedBeforeARestartIsRestored() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        int results = results();
        edit(7);

        try (ReportWriter restarted = new ReportWriter(server.client(), ReportChoice.AUTO, cluster, clock)) {
            restarted.write();
            assertThat(results()).isEqualTo(results);
            clock.pass(ReportWriter.LOOK_EVERY);
            restarted.write();
        }
        assertThat(patches()).isEqualTo(2);
    }

    @Test
    void changeThatIsNotYetRestoredIsRememberedUntilItIs() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        edit(7);
        clock.pass(ReportWriter.LOOK_EVERY);
        server.fail(request -> request.startsWith("PATCH"), 403);
        writer.write();

        serve(ReportApi.OPENREPORTS);
        clock.pass(ReportWriter.LOOK_EVERY);
        writer.write();
        assertThat(results()).isPositive();
    }

    @Test
    void manyWorkloadsAreWrittenAFewAtATimeTheWorstFirst() throws IOException {
        serve(ReportApi.OPENREPORTS);
        for (int i = 0; i < 30; i++) {
            cluster.deployment("shop", "a-" + i, SAFE);
        }
        for (int i = 0; i < 10; i++) {
            cluster.deployment("shop", "z-" + i, UNSAFE);
        }
        cluster.scan();
        writer.write();

        assertThat(names(ReportApi.OPENREPORTS))
                .hasSize(ReportWriter.MOST_AT_ONCE)
                .allMatch(name -> name.startsWith("deployment-z-"));
        for (int i = 0; i < 3; i++) {
            writer.write();
        }
        assertThat(names(ReportApi.OPENREPORTS)).hasSize(40);
        assertThat(patches()).isEqualTo(40);
    }

    @Test
    void nothingIsWrittenWithoutAnApiUntilThereIsOne() throws IOException {
        serve();
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();
        writer.write();
        assertThat(server.requests()).as("asks once, and writes nothing").hasSize(2);

        serve(ReportApi.WGPOLICYK8S);
        clock.pass(ReportWriter.DISCOVER_EVERY);
        writer.write();
        assertThat(names(ReportApi.WGPOLICYK8S)).containsExactly("deployment-web");
    }

    @Test
    void newerApiIsPreferredAndTheOtherReportsAreRemoved() throws IOException {
        serve(ReportApi.WGPOLICYK8S);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        writer.write();

        serve(ReportApi.values());
        clock.pass(ReportWriter.DISCOVER_EVERY);
        writer.write();
        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("deployment-web");
        assertThat(names(ReportApi.WGPOLICYK8S)).isEmpty();
    }

    @Test
    void chosenApiIsTheOnlyOneThatIsAskedFor() throws IOException {
        serve(ReportApi.values());
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        try (ReportWriter chosen = new ReportWriter(server.client(), ReportChoice.WGPOLICYK8S, cluster, clock)) {
            chosen.write();
        }

        assertThat(names(ReportApi.WGPOLICYK8S)).containsExactly("deployment-web");
        assertThat(server.requests())
                .noneMatch(request -> request.startsWith("GET /apis/openreports.io/v1alpha1?")
                        || request.equals("GET /apis/openreports.io/v1alpha1"));
    }

    @Test
    void whatCannotBeWrittenNowIsWrittenLater() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.scan();
        server.fail(request -> request.startsWith("PATCH"), 500);
        assertThatThrownBy(writer::write).isInstanceOf(KubernetesClientException.class);

        serve(ReportApi.OPENREPORTS);
        writer.write();
        assertThat(names(ReportApi.OPENREPORTS)).containsExactly("deployment-web");
        assertThat(writer.failed().sum()).isZero();
    }

    @Test
    void reportThatIsRefusedKeepsNoOtherWaiting() throws IOException {
        serve(ReportApi.OPENREPORTS);
        cluster.deployment("shop", "web", UNSAFE);
        cluster.deployment("ending", "db", UNSAFE);
        cluster.scan();
        server.fail(request -> request.startsWith("PATCH") && request.contains("/ending/"), 403);
        writer.write();
        writer.write();

        assertThat(stored(ReportApi.OPENREPORTS)).hasSize(1);
        assertThat(writer.failed().sum()).isEqualTo(1);
    }
}

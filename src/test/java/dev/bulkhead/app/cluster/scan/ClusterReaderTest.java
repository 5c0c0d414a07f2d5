package dev.bulkhead.app.cluster.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scan where an API server does not answer for all that it should. */
class ClusterReaderTest {
    private static final String GROUP = "GET /apis/argoproj.io";
    private static final String VERSION = "GET /apis/argoproj.io/v1alpha1";
    private static final String ROLLOUTS = "GET /apis/argoproj.io/v1alpha1/rollouts";

    private final FakeApiServer server = new FakeApiServer();

    ClusterReaderTest() {
        server.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: shop, uid: u1}
                spec: {containers: [{name: app, image: nginx}]}
                """);
        server.answer(request -> request.equals(GROUP), "{\"preferredVersion\":{\"version\":\"v1alpha1\"}}");
        server.answer(
                request -> request.equals(VERSION),
                "{\"resources\":[{\"name\":\"rollouts\",\"kind\":\"Rollout\",\"namespaced\":true}]}");
        server.answer(request -> request.startsWith(ROLLOUTS), "{\"metadata\":{},\"items\":[]}");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ClusterReader.Reading read() throws IOException {
        return new ClusterReader(
                        server.client(),
                        "bulkhead-system",
                        Optional.empty(),
                        Optional.empty(),
                        WorkloadKinds.builtIn().with(List.of("argoproj.io/Rollout=/spec/template")),
                        what -> {})
                .read(Instant.parse("2026-11-27T12:00:00Z"));
    }

    private static List<String> ofRollouts(ClusterReader.Reading reading) {
        return reading.limits().stream()
                .filter(limit -> limit.toLowerCase(Locale.ROOT).contains("rollout"))
                .toList();
    }

    @Test
    void customKindThatIsServedIsRead() throws IOException {
        assertThat(ofRollouts(read())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {GROUP, VERSION, ROLLOUTS})
    void customKindThatIsOutOfOrderKeepsNothingElseFromBeingRead(String request) throws IOException {
        for (int status : new int[] {500, 503}) {
            server.fail(line -> line.startsWith(request), status);

            ClusterReader.Reading reading = read();

            assertThat(reading.inventory().workloads()).hasSize(1);
            assertThat(ofRollouts(reading))
                    .singleElement()
                    .satisfies(limit -> assertThat(limit).contains("cannot be read (HTTP status " + status));
        }
    }
}

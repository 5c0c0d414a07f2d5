package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.observability.AccessLog;
import dev.bulkhead.app.observability.DecisionLog;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What those see who run the gate: logs, metrics, traces. */
@QuarkusTest
@TestProfile(GateOperationsTest.Traced.class)
class GateOperationsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final BlockingQueue<String> TRACES = new LinkedBlockingQueue<>();

    /** Everything that is off by default is on; traces arrive here. */
    public static class Traced implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "bulkhead.log.access", "true",
                    "bulkhead.tracing.disabled", "false",
                    "bulkhead.tracing.protocol", "http/protobuf",
                    "bulkhead.tracing.endpoint", "http://localhost:" + startCollector(),
                    "quarkus.otel.bsp.schedule.delay", "100ms");
        }

        /** It ends with the process of the tests. */
        private static int startCollector() {
            try {
                HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                collector.createContext("/v1/traces", exchange -> {
                    TRACES.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
                collector.start();
                return collector.getAddress().getPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Inject
    io.quarkus.vertx.http.HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Test
    void logsEachDecisionInALine() throws Exception {
        try (LogListener log = LogListener.to(DecisionLog.CATEGORY);
                Wire wire = open()) {
            wire.post("/validate", bytes(example())).response();
            wire.post("/mutate", bytes(example())).response();

            assertThat(log.messages()).hasSize(2);
            assertThat(log.messages().get(0))
                    .startsWith("verdict=denied path=validate operation=CREATE kind=Pod namespace=driftwood"
                            + " name=web-7d4b9c6f58-x2v9k user=system:serviceaccount:kube-system:replicaset-controller"
                            + " rules=hostPathVolumes=deny,privileged=deny,")
                    .matches(".* policy=built-in uid=5d6b1c1e-9c0a-4c58-8f0e-2f4f6d0c7a11 micros=\\d+");
            assertThat(log.messages().get(1)).startsWith("verdict=hardened path=mutate");
        }
    }

    @Test
    @DisplayName("IN-19 no name can forge a line of the log or a value in it")
    void noNameCanForgeALineOrAValue() throws Exception {
        ObjectNode review = example();
        ObjectNode request = (ObjectNode) review.get("request");
        request.put("name", "web verdict=passed\n2026-01-01 INFO \u001b[31m\u202e\" uid=1");
        request.put("namespace", "a\"b\\");
        ((ObjectNode) request.get("userInfo")).put("username", "x".repeat(100_000));
        try (LogListener log = LogListener.to(DecisionLog.CATEGORY);
                Wire wire = open()) {
            wire.post("/validate", bytes(review)).response();

            assertThat(log.messages()).singleElement().satisfies(line -> {
                assertThat(line)
                        .contains(
                                "name=\"web verdict=passed\\\\u000a2026-01-01 INFO \\\\u001b[31m\\\\u202e\\\" uid=1\"",
                                "namespace=\"a\\\"b\\\\\"")
                        .hasLineCount(1)
                        .hasSizeLessThan(4_000);
                assertThat(line.chars().noneMatch(Character::isISOControl)).isTrue();
            });
        }
    }

    @Test
    void logsRequestsThatGetNoDecision() throws Exception {
        List<String> before = Management.metrics(server.getManagementPort(), "bulkhead_admission_refusals_total");
        try (LogListener log = LogListener.to(AccessLog.CATEGORY);
                Wire wire = open()) {
            wire.head("GET /nowhere%0a?x=%1b HTTP/1.1", "Host: gate", "User-Agent: some one")
                    .response();

            assertThat(log.messages())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("client=127.0.0.1:")
                            .contains(" method=GET uri=/nowhere%0a?x=%1b status=404 received=0 ")
                            .contains(" agent=\"some one\""));
            assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_refusals_total"))
                    .isNotEqualTo(before)
                    .anySatisfy(line -> assertThat(line).contains("status=\"404\""));
        }
    }

    @Test
    @DisplayName("IN-20 no name makes a new series of metrics")
    void countsDecisionsByClosedSetsOfLabels() throws Exception {
        try (Wire wire = open()) {
            wire.post("/validate", bytes(example())).response();
            assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_requests_total"))
                    .anySatisfy(line -> assertThat(line)
                            .contains(
                                    "kind=\"Pod\"", "operation=\"CREATE\"", "path=\"validate\"", "verdict=\"denied\""));
            assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_duration_seconds_bucket"))
                    .isNotEmpty();
            assertThat(Management.metrics(server.getManagementPort(), "bulkhead_findings_total"))
                    .anySatisfy(line -> assertThat(line).contains("action=\"deny\"", "rule=\"privileged\""));

            wire.post("/validate", bytes(ofKind("Made0"))).response();
            int series = series();
            for (int i = 1; i <= 200; i++) {
                wire.post("/validate", bytes(ofKind("Made" + i))).response();
            }

            assertThat(series()).isEqualTo(series);
            assertThat(Management.metrics(server.getManagementPort(), "bulkhead"))
                    .noneSatisfy(line -> assertThat(line).contains("Made"));
        }
    }

    @Test
    void exposesItsMetrics() throws Exception {
        int port = server.getManagementPort();

        assertThat(Management.metrics(port, "bulkhead_exemptions{"))
                .containsExactlyInAnyOrder(
                        "bulkhead_exemptions{state=\"active\"} 0.0", "bulkhead_exemptions{state=\"expired\"} 0.0");
        assertThat(Management.metrics(port, "bulkhead_build_info{"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("version=\""));
        assertThat(Management.metrics(port, "bulkhead_admission_buffered_bytes"))
                .containsExactly("bulkhead_admission_buffered_bytes 0.0");
        String expiry = Management.metrics(port, "bulkhead_certificate_expiry_timestamp_seconds")
                .get(0);
        assertThat((long) Double.parseDouble(expiry.substring(expiry.indexOf(' '))))
                .isEqualTo(certificate
                        .current()
                        .orElseThrow()
                        .leaf()
                        .getNotAfter()
                        .toInstant()
                        .getEpochSecond());
    }

    @Test
    void tracesADecisionWithinTheTraceOfTheApiServer() throws Exception {
        byte[] body = bytes(example());
        try (Wire wire = open()) {
            wire.head(
                            "POST /validate HTTP/1.1",
                            "Host: gate",
                            "Content-Type: application/json",
                            "traceparent: 00-4142434445464748494a4b4c4d4e4f50-5152535455565758-01",
                            "Content-Length: " + body.length)
                    .raw(body)
                    .response();
        }

        String trace = "";
        while (!trace.contains("ABCDEFGHIJKLMNOP")) {
            trace = TRACES.poll(60, TimeUnit.SECONDS);
            assertThat(trace).as("a trace").isNotNull();
        }
        assertThat(trace).contains("QRSTUVWX", "bulkhead.verdict", "denied", "bulkhead.kind", "Pod");
    }

    private int series() throws IOException, InterruptedException {
        return Management.metrics(server.getManagementPort(), "bulkhead").size();
    }

    private static ObjectNode example() throws IOException {
        return (ObjectNode) JSON.readTree(Files.readAllBytes(Path.of("docs/examples/review.json")));
    }

    private static ObjectNode ofKind(String kind) throws IOException {
        ObjectNode review = example();
        ((ObjectNode) review.at("/request/kind")).put("kind", kind).put("group", kind + ".example");
        return review;
    }

    private static byte[] bytes(ObjectNode review) {
        return review.toString().getBytes(UTF_8);
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(
                server.getSecurePort(),
                certificate.current().orElseThrow().chain().get(1));
    }
}

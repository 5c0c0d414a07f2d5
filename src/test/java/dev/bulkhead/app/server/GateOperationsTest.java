package dev.bulkhead.app.server;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.bulkhead.app.api.ApiServer;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.observability.AccessLog;
import dev.bulkhead.app.observability.DecisionLog;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What those see who run the webhook: logs, metrics, traces. */
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
                    "bulkhead.api.enabled", "true",
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

    @Inject
    ApiServer api;

    @Test
    void logsEachDecisionInALine() throws Exception {
        try (LogListener log = LogListener.to(DecisionLog.CATEGORY)) {
            post("/validate", example());
            post("/mutate", example());

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
    @DisplayName("IN-19 no name can forge a log line or a value in one")
    void noNameCanForgeALineOrAValue() throws Exception {
        ObjectNode review = example();
        ObjectNode request = (ObjectNode) review.get("request");
        request.put("name", "web verdict=passed\n2026-01-01 INFO \u001b[31m\u202e\" uid=1");
        request.put("namespace", "a\"b\\");
        ((ObjectNode) request.get("userInfo")).put("username", "x".repeat(100_000));
        try (LogListener log = LogListener.to(DecisionLog.CATEGORY)) {
            post("/validate", review);

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
        List<String> before = refusals();
        try (LogListener log = LogListener.to(AccessLog.CATEGORY)) {
            Webhook.at(server)
                    .header("User-Agent", "some one")
                    .get("/nowhere%0a?x=%1b")
                    .then()
                    .statusCode(404);

            assertThat(log.messages())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("client=127.0.0.1:")
                            .contains(" method=GET uri=/nowhere%0a status=404 received=0 ")
                            .contains(" agent=\"some one\""));
            assertThat(refusals())
                    .isNotEqualTo(before)
                    .anySatisfy(line -> assertThat(line).contains("status=\"404\""));
        }
    }

    @Test
    void logsRequestsToTheApiAsThoseToTheWebhookWithoutTheirQueries() throws Exception {
        List<String> before = refusals();
        String manifest = "kind: Pod\napiVersion: v1\nmetadata: {name: web}\nspec: {containers: [{name: web}]}\n";
        try (LogListener log = LogListener.to(AccessLog.CATEGORY)) {
            Response checked = api().contentType("application/yaml")
                    .body(manifest.getBytes(UTF_8))
                    .post("/api/v1/check?namespace=s3cret");
            Response unknown = api().get("/api/v1/rules/none");
            Response elsewhere = api().post("/validate?token=s3cret");

            awaitSize(log, 3);
            assertThat(log.messages().get(0)).matches(line("POST", "/api/v1/check", 200, manifest.length(), checked));
            assertThat(log.messages().get(1)).matches(line("GET", "/api/v1/rules/none", 404, 0, unknown));
            assertThat(log.messages().get(2)).matches(line("POST", "/validate", 404, 0, elsewhere));
            assertThat(refusals()).isEqualTo(before);
        }
    }

    private static String line(String method, String uri, int status, int received, Response response) {
        return "client=127\\.0\\.0\\.1:\\d+ method=%s uri=%s status=%d received=%d sent=%d micros=\\d+ agent=.*"
                .formatted(method, uri, status, received, response.asByteArray().length);
    }

    /** A line is written after the answer that it is of. */
    private static void awaitSize(LogListener log, int lines) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (log.messages().size() < lines && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(log.messages()).hasSize(lines);
    }

    private List<String> refusals() throws IOException, InterruptedException {
        return Management.metrics(server.getManagementPort(), "bulkhead_admission_refusals_total");
    }

    @Test
    @DisplayName("IN-20 no name creates a new time series")
    void countsDecisionsByClosedSetsOfLabels() throws Exception {
        post("/validate", example());
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_requests_total"))
                .anySatisfy(line -> assertThat(line)
                        .contains("kind=\"Pod\"", "operation=\"CREATE\"", "path=\"validate\"", "verdict=\"denied\""));
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_duration_seconds_bucket"))
                .isNotEmpty();
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead_findings_total"))
                .anySatisfy(line -> assertThat(line).contains("action=\"deny\"", "rule=\"privileged\""));

        post("/validate", ofKind("Made0"));
        int series = series();
        for (int i = 1; i <= 200; i++) {
            post("/validate", ofKind("Made" + i));
        }

        assertThat(series()).isEqualTo(series);
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead"))
                .noneSatisfy(line -> assertThat(line).contains("Made"));
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
        Webhook.at(server)
                .header("traceparent", "00-4142434445464748494a4b4c4d4e4f50-5152535455565758-01")
                .body(bytes(example()))
                .post("/validate")
                .then()
                .statusCode(200);

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

    private void post(String path, ObjectNode review) {
        Webhook.post(server, path, bytes(review)).statusCode(200);
    }

    private RequestSpecification api() {
        return given().baseUri("http://localhost").port(api.port().orElseThrow());
    }
}

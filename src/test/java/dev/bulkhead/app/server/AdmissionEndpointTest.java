package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.server.Wire.Response;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(AdmissionEndpointTest.Narrow.class)
class AdmissionEndpointTest {
    private static final int MAX_BODY = 1024 * 1024;
    private static final byte[] REVIEW = "{\"kind\":\"AdmissionReview\"}".getBytes(UTF_8);

    /** Limits that a test can reach. */
    public static class Narrow implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "bulkhead.admission.max-body", "1M",
                    "bulkhead.admission.max-buffered", "1536K",
                    "bulkhead.admission.head-timeout", "2s",
                    "bulkhead.admission.body-timeout", "2s");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(EchoService.class);
        }
    }

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @ParameterizedTest
    @CsvSource({
        "/validate, VALIDATE -",
        "/mutate, MUTATE -",
        "/validate?timeout=5s, VALIDATE -",
        "/validate/restricted, VALIDATE restricted",
        "/validate/restricted@v1.31, VALIDATE restricted@v1.31",
        "/mutate/restricted%40v1.31?timeout=1s, MUTATE restricted@v1.31",
    })
    void passesReviewsOn(String path, String handedOver) {
        Webhook.post(server, path, REVIEW)
                .statusCode(200)
                .contentType("application/json")
                .body(equalTo(handedOver + " " + described(REVIEW) + " evaluation-small"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/validate/",
                "/validate//",
                "//validate",
                "/Validate",
                "/validated",
                "/validate/restricted/",
                "/validate/../validate",
                "/validate/strict",
                "/validate/restricted@v2.0",
                "/validate/%72estricted",
                "/mutate/",
                "/q/health/live",
                "/q/metrics",
            })
    @DisplayName("IN-13 other paths are answered with 404")
    void answersAtNoOtherPath(String path) throws Exception {
        // A client library would send some of these in another form.
        try (Wire wire = open()) {
            Response response = wire.post(path, REVIEW).response();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.header("content-type")).contains("text/plain; charset=utf-8");
            assertThat(response.body()).startsWith("There is no");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    void answersPostOnly(String method) {
        Webhook.at(server)
                .body("{}")
                .request(method, "/validate")
                .then()
                .statusCode(405)
                .header("Allow", "POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json;",
            })
    void acceptsJson(String contentType) throws Exception {
        try (Wire wire = open()) {
            assertThat(postAs(wire, "Content-Type: " + contentType).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: none",
                "Content-Type:",
                "Content-Type: text/plain",
                "Content-Type: application/jsonp",
                "Content-Type: application/yaml",
                "Content-Type: application/json; charset=utf-16",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: application/vnd.kubernetes.protobuf",
            })
    @DisplayName("IN-14 other content types are rejected")
    void acceptsOnlyJson(String header) throws Exception {
        try (Wire wire = open()) {
            assertThat(postAs(wire, header).status()).isEqualTo(415);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity", "br", ""})
    @DisplayName("IN-08 compressed bodies are rejected, not decompressed")
    void rejectsEncodedBodies(String encoding) {
        Webhook.at(server)
                .header("Content-Encoding", encoding)
                .body(REVIEW)
                .post("/validate")
                .then()
                .statusCode(415)
                .body(containsString("encoded"));
    }

    @Test
    void keepsTheConnectionWhateverItAnswers() throws Exception {
        try (Wire wire = open()) {
            for (int i = 0; i < 3; i++) {
                assertThat(wire.post("/validate", REVIEW).response().status()).isEqualTo(200);
                assertThat(wire.post("/validate", tooLarge()).response().status())
                        .isEqualTo(200);
                assertThat(wire.post("/nowhere", REVIEW).response().status()).isEqualTo(404);
                assertThat(postAs(wire, "Content-Type: text/plain").status()).isEqualTo(415);
                assertThat(wire.head("GET /validate HTTP/1.1", "Host: gate")
                                .response()
                                .status())
                        .isEqualTo(405);
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Wire wire = open()) {
            wire.post("/validate/baseline", REVIEW)
                    .post("/nowhere", REVIEW)
                    .post("/mutate", filled(300 * 1024))
                    .post("/validate/restricted", REVIEW);

            assertThat(wire.response().body()).startsWith("VALIDATE baseline");
            assertThat(wire.response().status()).isEqualTo(404);
            assertThat(wire.response().body()).startsWith("MUTATE - " + 300 * 1024);
            assertThat(wire.response().body()).startsWith("VALIDATE restricted");
        }
    }

    @Test
    void acceptsChunkedBodies() throws Exception {
        try (Wire wire = open()) {
            chunkedHead(wire);
            wire.raw("d\r\n").raw(Arrays.copyOfRange(REVIEW, 0, 13)).raw("\r\n");
            wire.raw("d\r\n").raw(Arrays.copyOfRange(REVIEW, 13, 26)).raw("\r\n0\r\n\r\n");

            assertThat(REVIEW).hasSize(26);
            assertThat(wire.response().body()).isEqualTo("VALIDATE - " + described(REVIEW) + " evaluation-small");
        }
    }

    @Test
    void continuesOnlyAcceptedRequests() throws Exception {
        String[] head = {
            "POST /validate HTTP/1.1", "Host: gate", "Expect: 100-continue", "Content-Length: " + REVIEW.length
        };
        try (Wire wire = open()) {
            wire.head(with(head, "Content-Type: application/json"));
            assertThat(wire.response().status()).isEqualTo(100);
            assertThat(wire.raw(REVIEW).response().status()).isEqualTo(200);
        }
        try (Wire wire = open()) {
            wire.head(with(head, "Content-Type: text/plain"));
            assertThat(wire.response().status()).isEqualTo(415);
            assertThat(wire.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void evaluatesReviewsThatCallTheApiServerOnTheirOwnThreads() {
        assertEvaluatedOn("evaluation-questions", EchoService.LATER);
    }

    @Test
    void movesLongEvaluationsToTheLaneOfLargeReviews() {
        assertEvaluatedOn("evaluation-large", EchoService.LONG);
    }

    @Test
    void evaluatesLargeReviewsOnTheirOwnThreads() {
        assertEvaluatedOn("evaluation-medium", filled(MAX_BODY));
    }

    private void assertEvaluatedOn(String threads, byte[] review) {
        Webhook.post(server, "/validate", review).body(equalTo("VALIDATE - " + described(review) + " " + threads));
    }

    @Test
    void deniesWhatIsTooLarge() {
        Webhook.post(server, "/validate", tooLarge())
                .statusCode(200)
                .body("response.uid", equalTo("u-1"))
                .body("response.allowed", equalTo(false))
                .body("response.status.message", containsString("larger than 1048576 bytes"));
    }

    @Test
    void deniesWhatTurnsOutTooLargeInChunks() throws Exception {
        byte[] body = tooLarge();
        try (Wire wire = open()) {
            chunkedHead(wire);
            for (int from = 0; from < body.length; from += 50_000) {
                byte[] chunk = Arrays.copyOfRange(body, from, Math.min(from + 50_000, body.length));
                wire.raw(Integer.toHexString(chunk.length) + "\r\n").raw(chunk).raw("\r\n");
            }
            Response response = wire.raw("0\r\n\r\n").response();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).contains("\"uid\":\"u-1\"").contains("\"allowed\":false");
        }
    }

    @Test
    void answersEvenWhenItFailsToRefuse() {
        Webhook.post(server, "/mutate", tooLarge())
                .statusCode(500)
                .body(not(containsString("secret")), containsString("reference"));
    }

    @Test
    @DisplayName("IN-09 a missing body times out")
    void timesOutMissingBody() throws Exception {
        try (Wire wire = open()) {
            wire.head("POST /validate HTTP/1.1", "Host: gate", "Content-Type: application/json", "Content-Length: 1000")
                    .raw("{");
            Response response = wire.response();

            assertThat(response.status()).isEqualTo(408);
            assertThat(response.header("connection")).contains("close");
            assertThat(wire.isClosedByPeer()).isTrue();
        }
    }

    @Test
    @DisplayName("IN-09 an unfinished request head times out")
    void timesOutEndlessHead() throws Exception {
        try (Wire wire = open();
                Wire idle = open()) {
            wire.post("/validate", REVIEW).response();
            wire.raw("POST /validate HTTP/1.1\r\nHost: gate\r\nX-Slow: ");

            assertThat(drips(wire)).isPositive();
            assertThat(idle.post("/validate", REVIEW).response().status()).isEqualTo(200);
        }
    }

    /** Sends a byte now and then until the other side has enough of it, and tells how many it was. */
    private static int drips(Wire wire) throws InterruptedException {
        for (int i = 1; i < 200; i++) {
            try {
                wire.raw("x");
            } catch (IOException e) {
                return i;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return -1;
    }

    @Test
    @DisplayName("IN-34 a review that does not fit into memory is answered with 429")
    void answers429WhileMemoryForReviewsIsFull() throws Exception {
        List<Wire> unfinished = new ArrayList<>();
        try (Wire wire = open()) {
            Response response;
            do {
                // One of them is enough once the webhook has read it; how soon that is, no client can know.
                unfinished.add(open().head(
                                "POST /validate HTTP/1.1",
                                "Host: gate",
                                "Content-Type: application/json",
                                "Content-Length: " + MAX_BODY)
                        .raw(filled(MAX_BODY - 1000)));
                assertThat(unfinished).hasSizeLessThan(100);
                response = wire.post("/validate", filled(MAX_BODY)).response();
            } while (response.status() == 200);
            assertThat(response.status()).isEqualTo(429);
            assertThat(response.header("retry-after")).contains("1");

            for (Wire other : unfinished) {
                other.close();
            }
            for (int i = 0; response.status() == 429; i++) {
                assertThat(i).as("the room that those took who are gone").isLessThan(10_000);
                response = wire.post("/validate", filled(MAX_BODY)).response();
            }
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "overflow", "exhaust"})
    void reportsOnlyAReferenceForInternalErrors(String body) throws Exception {
        try (LogListener log = LogListener.to(Incident.class.getName());
                Wire wire = open()) {
            Response response = wire.post("/validate", body.getBytes(UTF_8)).response();

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body())
                    .matches(
                            "There was an error inside Bulkhead; its log has more under the reference [0-9a-f]{8}\\.\n");
            String reference = response.body().replaceAll(".* ([0-9a-f]{8})\\.\n", "$1");
            assertThat(log.messages())
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains(reference));
            assertThat(wire.post("/validate", REVIEW).response().status()).isEqualTo(200);
        }
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(
                server.getSecurePort(),
                certificate.current().orElseThrow().chain().get(1));
    }

    private static Response postAs(Wire wire, String... headers) throws IOException {
        String[] head = {"POST /validate HTTP/1.1", "Host: gate", "Content-Length: " + REVIEW.length};
        return wire.head(with(head, headers)).raw(REVIEW).response();
    }

    private static void chunkedHead(Wire wire) throws IOException {
        wire.head(
                "POST /validate HTTP/1.1",
                "Host: gate",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked");
    }

    private static String[] with(String[] lines, String... more) {
        String[] all = Arrays.copyOf(lines, lines.length + more.length);
        System.arraycopy(more, 0, all, lines.length, more.length);
        return all;
    }

    private static byte[] tooLarge() {
        byte[] body = filled(MAX_BODY + 1);
        byte[] beginning =
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u-1\",\"o\":\""
                        .getBytes(UTF_8);
        System.arraycopy(beginning, 0, body, 0, beginning.length);
        return body;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    private static String described(byte[] body) {
        return body.length + " " + Integer.toHexString(Arrays.hashCode(body));
    }
}

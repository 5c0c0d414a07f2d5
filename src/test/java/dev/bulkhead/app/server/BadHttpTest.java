package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.certificate.Trust;
import dev.bulkhead.app.server.Wire.Response;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are no API server, over real connections; the ids are those of {@code docs/threat-model.md}. */
@QuarkusTest
@TestProfile(BadHttpTest.Patient.class)
class BadHttpTest {
    private static final int CROWD = 200;

    /** Nobody is thrown out during a test. */
    public static class Patient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.admission.head-timeout", "60s", "bulkhead.admission.body-timeout", "60s");
        }
    }

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Test
    @DisplayName("IN-09 hundreds of slow connections do not delay other clients")
    void slowSendersDoNotAffectOthers() throws Exception {
        List<Wire> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < CROWD; i++) {
                Wire slow = open();
                crowd.add(slow);
                switch (i % 3) {
                    case 0 -> slow.raw("POST /valid");
                    case 1 ->
                        slow.head(
                                "POST /validate HTTP/1.1",
                                "Host: gate",
                                "Content-Type: application/json",
                                "Content-Length: 30000000");
                    default ->
                        slow.head(
                                        "POST /validate HTTP/1.1",
                                        "Host: gate",
                                        "Content-Type: application/json",
                                        "Transfer-Encoding: chunked")
                                .raw("5\r\n{\"ki");
                }
            }
            try (Wire wire = open()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(wire.post("/validate", review()).response().status())
                            .isEqualTo(200);
                }
            }
        } finally {
            for (Wire slow : crowd) {
                slow.close();
            }
        }
    }

    @Test
    @DisplayName("IN-09 a client that does not read its responses does not delay others")
    void slowReadersDoNotAffectOthers() throws Exception {
        try (Wire deaf = open();
                Wire wire = open()) {
            for (int i = 0; i < 30; i++) {
                deaf.post("/validate", review());
            }
            assertThat(wire.post("/validate", review()).response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 2",
                "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 2, 3",
                "Content-Length: +2",
                "Content-Length: -2",
                "Content-Length: 0x2",
                "Content-Length: 99999999999999999999",
                "Content-Length : 2",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding:\u000bchunked",
                "X: a\r\n Content-Length: 2",
                "X\u0000: a\r\nContent-Length: 2"
            })
    @DisplayName("IN-11 duplicate or malformed Content-Length and Transfer-Encoding cannot smuggle a request")
    void rejectsRequestSmuggling(String headers) throws Exception {
        try (Wire wire = open()) {
            send(
                    wire,
                    "POST /validate HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n" + headers
                            + "\r\n\r\n{}POST /smuggled HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n");
            List<Integer> statuses = statuses(wire);

            assertThat(statuses).allMatch(status -> status >= 400).doesNotContain(404);
        }
    }

    @Test
    @DisplayName("IN-11 malformed chunks close the connection")
    void badChunksEndTheConnection() throws Exception {
        for (String chunk : List.of("zz\r\n{}\r\n", "-1\r\n{}\r\n", "2\n{}\r\n0\r\n\r\nx", "2;" + "x".repeat(70_000))) {
            try (Wire wire = open()) {
                // The second request is for a parser that takes a line end alone for one.
                send(
                        wire,
                        "POST /validate HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n" + chunk,
                        "POST /smuggled HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n");

                assertThat(statuses(wire)).allMatch(status -> status >= 400).doesNotContain(404);
            }
        }
    }

    @Test
    @DisplayName("IN-11 a request head of unlimited headers is rejected")
    void rejectsEndlessHeads() throws Exception {
        try (Wire wire = open()) {
            String[] headers = new String[2_000];
            Arrays.setAll(headers, i -> "X-" + i + ": " + "y".repeat(100) + "\r\n");
            send(wire, "POST /validate HTTP/1.1\r\nHost: gate\r\n");
            send(wire, headers);
            send(wire, "\r\n");
            assertThat(statuses(wire)).allMatch(status -> status == 431 || status == 400);
        }
    }

    @Test
    @DisplayName("IN-12 an HTTP/2 preface is not answered with HTTP/2")
    void doesNotSpeakHttp2() throws Exception {
        try (Wire wire = open()) {
            send(wire, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\4\0\0\0\0\0");

            assertThat(statuses(wire)).allMatch(status -> status >= 400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/validate%2frestricted",
                "/validate;a=b",
                "/validate%00",
                "/./validate",
                "/validate/..%2f..",
                "/%76alidate",
                "http://other/validated",
                "/validate/restricted@v1.31/x",
                "*"
            })
    @DisplayName("IN-13 no other spelling of a path matches it")
    void pathsAreExact(String path) throws Exception {
        try (Wire wire = open()) {
            send(
                    wire,
                    "POST " + path + " HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\nContent-Length: "
                            + review().length + "\r\n\r\n",
                    new String(review(), UTF_8));

            assertThat(statuses(wire)).allMatch(status -> status >= 400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/validate?timeout=1s&profile=privileged",
                "/validate?profile=privileged",
                "/validate?timeout=99999999999s",
                "/validate?timeout=%00",
                "/validate?" + "x=1&x=2",
            })
    @DisplayName("IN-13 a query string does not change the verdict")
    void queriesChangeNothing(String path) throws Exception {
        try (Wire wire = open()) {
            Response response = wire.post(path, review()).response();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).contains("\"allowed\":false");
        }
    }

    @Test
    @DisplayName("IN-16 every SNI server name gets the same certificate")
    void everyServerNameGetsTheSameCertificate() throws Exception {
        for (int i = 0; i < 50; i++) {
            SSLParameters parameters = new SSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("made-up-" + i + ".example")));
            try (Wire wire = Wire.open(server.getSecurePort(), Trust.only(authority()), parameters)) {
                assertThat(((X509Certificate) wire.socket().getSession().getPeerCertificates()[0]).getSerialNumber())
                        .isEqualTo(certificate.current().orElseThrow().leaf().getSerialNumber());
            }
        }
    }

    @Test
    @DisplayName("IN-35 health checks reveal no details, and the webhook port serves none")
    void healthRevealsNoDetails() {
        Management.awaitReadiness(server.getManagementPort());
        Webhook.at(server).get("/q/health").then().statusCode(404);
        String health = Management.get(server.getManagementPort(), "/q/health")
                .then()
                .body("status", equalTo("UP"))
                .extract()
                .asString();
        assertThat(health).doesNotContain("data", "driftwood", "/");
    }

    /** Sends these as far as the other side listens: it may have heard enough. */
    private static void send(Wire wire, String... texts) {
        try {
            for (String text : texts) {
                wire.raw(text);
            }
        } catch (IOException e) {
            // What it said to that is read next.
        }
    }

    /** Those of all answers until the connection ends or goes quiet. */
    private static List<Integer> statuses(Wire wire) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        wire.socket().setSoTimeout(1_500);
        while (true) {
            try {
                statuses.add(wire.response().status());
            } catch (IOException e) {
                return statuses;
            }
        }
    }

    private static byte[] review() throws IOException {
        return Files.readString(Path.of("docs/examples/review.json")).getBytes(UTF_8);
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(server.getSecurePort(), authority());
    }

    private X509Certificate authority() {
        return certificate.current().orElseThrow().chain().get(1);
    }
}

package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.certificate.Trust;
import dev.bulkhead.app.tls.TlsImplementation;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(AdmissionEndpointTest.Narrow.class)
class GateTlsTest {
    private static final byte[] REVIEW = "{}".getBytes(UTF_8);

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Inject
    CertificateReload reload;

    @Inject
    TlsImplementation implementation;

    @Test
    void isOfTheImplementationThatIsWanted() {
        assertThat(implementation.inUse()).isEqualTo(wanted());
    }

    /** BoringSSL where it runs. */
    SslProvider wanted() {
        boolean runs = OS.LINUX.isCurrentOs()
                && Set.of("amd64", "aarch64")
                        .contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));
        return runs ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    })
    @DisplayName("IN-15 TLS 1.2 and 1.3 with authenticated encryption")
    void speaksTls(String protocol, String suite) throws Exception {
        SSLParameters parameters = new SSLParameters(new String[] {suite}, new String[] {protocol});
        try (Wire wire = Wire.open(server.getSecurePort(), Trust.only(authority()), parameters)) {
            assertThat(wire.socket().getSession().getProtocol()).isEqualTo(protocol);
            assertThat(wire.post("/validate", REVIEW).response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
                "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            })
    @DisplayName("IN-15 weak cipher suites are rejected")
    void refusesSuitesWithoutAuthenticatedEncryption(String suite) {
        SSLParameters parameters = new SSLParameters(new String[] {suite}, new String[] {"TLSv1.2"});

        assertThatExceptionOfType(SSLException.class)
                .isThrownBy(() -> Wire.open(server.getSecurePort(), Trust.only(authority()), parameters));
    }

    @Test
    @DisplayName("IN-15 clients cannot renegotiate")
    void negotiatesOnce() throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.2"});
        try (Wire wire = Wire.open(server.getSecurePort(), Trust.only(authority()), parameters)) {
            assertThat(wire.post("/validate", REVIEW).response().status()).isEqualTo(200);

            assertThatIOException().isThrownBy(() -> {
                wire.socket().startHandshake();
                wire.post("/validate", REVIEW).response();
            });
        }
    }

    @Test
    @DisplayName("AS-01 IN-12 negotiates HTTP/1.1 when the client offers HTTP/2")
    void staysWithHttp11WhenHttp2IsOffered() throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        try (Wire wire = Wire.open(server.getSecurePort(), Trust.only(authority()), parameters)) {
            assertThat(wire.socket().getApplicationProtocol()).isNotEqualTo("h2");
            assertThat(wire.post("/validate", REVIEW).response().status()).isEqualTo(200);
        }
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(Trust.only(authority()))
                .build();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + server.getSecurePort() + "/validate"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(REVIEW))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void doesNotSpeakPlainHttp() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", server.getSecurePort()));
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream().write("GET /validate HTTP/1.1\r\nHost: gate\r\n\r\n".getBytes(UTF_8));

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .doesNotContain("HTTP");
        }
    }

    @Test
    void servesHealthAndMetricsOnTheManagementPort() {
        Management.awaitReadiness(server.getManagementPort());
        for (String path : new String[] {"/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics"}) {
            Management.get(server.getManagementPort(), path)
                    .then()
                    .statusCode(200)
                    .body(not(containsString("http_server_requests")));
        }
    }

    @Test
    void newConnectionsGetARenewedCertificateAndOldOnesContinue() throws Exception {
        try (Wire before = open()) {
            BigInteger old = serialNumber(before);

            assertThat(reload.reload()).isTrue();

            try (Wire after = open()) {
                assertThat(serialNumber(after))
                        .isNotEqualTo(old)
                        .isEqualTo(certificate.current().orElseThrow().leaf().getSerialNumber());
                assertThat(after.post("/validate", REVIEW).response().status()).isEqualTo(200);
                after.raw("POST /val");
                assertThat(after.isClosedByPeer())
                        .as("new connections are guarded as well")
                        .isTrue();
            }
            assertThat(before.post("/validate", REVIEW).response().status()).isEqualTo(200);
        }
    }

    @Test
    void connectionsThatArriveWhileTheCertificateIsRenewedAreServed() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Future<Set<BigInteger>> presented = connectUntil(over);

        try {
            for (int i = 0; i < 10; i++) {
                assertThat(reload.reload()).isTrue();
            }
        } finally {
            over.set(true);
        }

        assertThat(presented.get()).as("certificates that were presented").hasSizeGreaterThan(1);
    }

    /** The numbers of the certificates that connections get, one after the other; fails with the first that gets none. */
    private Future<Set<BigInteger>> connectUntil(AtomicBoolean over) {
        FutureTask<Set<BigInteger>> connecting = new FutureTask<>(() -> {
            SSLContext any = SSLContext.getInstance("TLS");
            any.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            Set<BigInteger> numbers = new HashSet<>();
            while (!over.get()) {
                try (Wire wire = Wire.open(server.getSecurePort(), any)) {
                    numbers.add(serialNumber(wire));
                }
            }
            return numbers;
        });
        new Thread(connecting, "connecting").start();
        return connecting;
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(server.getSecurePort(), authority());
    }

    private X509Certificate authority() {
        return certificate.current().orElseThrow().chain().get(1);
    }

    private static BigInteger serialNumber(Wire wire) throws SSLException {
        return ((X509Certificate) wire.socket().getSession().getPeerCertificates()[0]).getSerialNumber();
    }
}

package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.bulkhead.app.certificate.ClientKeys;
import dev.bulkhead.app.certificate.PemFiles;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.observability.DecisionLog;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook where the API server presents a certificate. */
@QuarkusTest
@TestProfile(ClientCertificateTest.Asking.class)
class ClientCertificateTest {
    private static final ClientKeys API_SERVER = ClientKeys.of("api-server-authority");
    private static final ClientKeys NEXT = ClientKeys.of("next-authority");

    /** Clients are asked for a certificate, and those that show none have little patience to expect. */
    public static class Asking implements QuarkusTestProfile {
        private static final Path FILE = file();

        private static Path file() {
            try {
                return Files.createTempFile("client-ca", ".pem");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            PemFiles.write(FILE, List.of(API_SERVER.authority()));
            return Map.of(
                    "bulkhead.admission.client-ca", FILE.toString(),
                    "bulkhead.admission.unused-timeout", "2s",
                    "bulkhead.tls.reload-every", "100ms");
        }
    }

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Inject
    CertificateReload reload;

    private X509Certificate authority() {
        return certificate.current().orElseThrow().chain().get(1);
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(server.getSecurePort(), authority());
    }

    private Wire open(ClientKeys keys) throws IOException, GeneralSecurityException {
        return Wire.open(server.getSecurePort(), keys.trusting(authority()));
    }

    private static byte[] example() throws IOException {
        return Files.readAllBytes(Path.of("docs/examples/review.json"));
    }

    private static String logged(Wire wire) throws IOException {
        try (LogListener log = LogListener.to(DecisionLog.CATEGORY)) {
            assertThat(wire.post("/validate", example()).response().body()).contains("\"allowed\":false");
            return log.messages().get(0);
        }
    }

    private double counted() throws IOException, InterruptedException {
        return Management.metrics(server.getManagementPort(), "bulkhead_admission_requests_total").stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aClientWithoutACertificateGetsAMarkedVerdict() throws Exception {
        double before = counted();
        try (Wire wire = open()) {
            assertThat(logged(wire)).contains("verdict=denied", "caller=unverified");
        }
        assertThat(counted()).isEqualTo(before);
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead_admission_unverified_total"))
                .isNotEmpty()
                .doesNotContain("bulkhead_admission_unverified_total 0.0");
    }

    @Test
    void aClientWithACertificateOfTheCaIsTheApiServer() throws Exception {
        double before = counted();
        try (Wire wire = open(API_SERVER)) {
            assertThat(logged(wire)).contains("verdict=denied").doesNotContain("caller=");
        }
        assertThat(counted()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aCertificateThatDoesNotVerifyIsRejected(String protocol) throws Exception {
        for (ClientKeys keys : List.of(ClientKeys.of("api-server-authority"), API_SERVER.forServer())) {
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(new String[] {protocol});
            assertThatIOException().isThrownBy(() -> {
                try (Wire wire = Wire.open(server.getSecurePort(), keys.trusting(authority()), parameters)) {
                    wire.post("/validate", example()).response();
                }
            });
        }
    }

    @Test
    void reloadingTheCertificateKeepsClientAuthentication() throws Exception {
        assertThat(reload.reload()).isTrue();

        try (Wire wire = open(API_SERVER)) {
            assertThat(logged(wire)).doesNotContain("caller=");
        }
        try (Wire wire = open()) {
            assertThat(logged(wire)).contains("caller=unverified");
        }
    }

    @Test
    void clientCasAreReloadedWhenTheyChange() throws Exception {
        PemFiles.write(Asking.FILE, List.of(API_SERVER.authority(), NEXT.authority()));
        boolean known = false;
        for (int i = 0; i < 1_000 && !known; i++) {
            try (Wire wire = open(NEXT)) {
                known = !logged(wire).contains("caller=");
            } catch (IOException e) {
                known = false;
            }
        }
        assertThat(known).isTrue();
    }

    @Test
    void aConnectionThatCarriesNoRequestIsClosedUnlessItIsTheApiServers() throws Exception {
        try (Wire apiServer = open(API_SERVER);
                Wire other = open()) {
            assertThat(other.isClosedByPeer()).isTrue();
            assertThat(apiServer.post("/validate", example()).response().status())
                    .isEqualTo(200);
        }
    }
}

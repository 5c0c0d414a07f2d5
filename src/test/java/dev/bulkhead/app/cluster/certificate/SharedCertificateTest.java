package dev.bulkhead.app.cluster.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.MovingClock;
import dev.bulkhead.app.certificate.KeyPairAndChain;
import dev.bulkhead.app.cluster.FakeApiServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas of which now one and now the other leads; each hears of the Secret when the test has it hear. */
class SharedCertificateTest {
    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final SharedCertificate one = replica();
    private final SharedCertificate two = replica();

    private SharedCertificate replica() {
        return new SharedCertificate(
                server.client(), "bulkhead-system", "bulkhead-tls", "bulkhead", Duration.ofHours(1), clock);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        server.close();
    }

    private Secret stored() {
        return server.client()
                .secrets()
                .inNamespace("bulkhead-system")
                .withName("bulkhead-tls")
                .get();
    }

    private Secret annotated(String wish) {
        return server.client()
                .resource(new SecretBuilder(stored())
                        .editMetadata()
                        .addToAnnotations(CertificateSecret.RENEW, wish)
                        .endMetadata()
                        .build())
                .update();
    }

    private long writes() {
        return server.count(request -> request.startsWith("PUT") && request.contains("/secrets/"));
    }

    @Test
    void theLeaderFillsTheSecretAndTheOthersServeWhatItHolds() throws Exception {
        one.keep(false, false);
        two.update(stored());

        assertThat(two.load()).isEqualTo(one.load());
        assertThat(two.bundle()).isEqualTo(one.bundle()).isPresent();
        assertThat(two.isShared(two.load())).isTrue();
    }

    @Test
    void newLeaderDoesNotOverwriteNewerMaterial() throws Exception {
        one.keep(false, false);
        Secret asked = annotated("certificate");
        one.update(asked);
        two.update(asked);
        one.keep(true, true);
        Map<String, String> renewed = stored().getData();
        assertThat(renewed).isNotEqualTo(asked.getData());

        assertThatThrownBy(() -> two.keep(true, true)).isInstanceOf(KubernetesClientException.class);

        assertThat(stored().getData()).isEqualTo(renewed);
        assertThat(two.load()).isEqualTo(one.load());
        two.keep(true, true);
        assertThat(stored().getData()).isEqualTo(renewed);
    }

    @Test
    void lateEventsAreIgnored() throws Exception {
        one.keep(false, false);
        Secret before = stored();
        one.update(annotated("certificate"));
        one.keep(true, true);
        Secret renewed = stored();
        KeyPairAndChain served = one.load();
        long writes = writes();

        one.update(before);
        assertThat(one.load()).isEqualTo(served);
        one.keep(true, true);

        assertThat(writes()).isEqualTo(writes);
        assertThat(stored()).isEqualTo(renewed);
    }

    /** As after a backup of etcd was restored: the Secret is as it was, and versions are counted from an earlier one. */
    private void restoreBackup() throws Exception {
        two.keep(false, false);
        Map<String, String> backup = stored().getData();
        two.update(annotated("certificate"));
        two.keep(true, true);
        one.update(new SecretBuilder(stored())
                .editMetadata()
                .withResourceVersion("1000000")
                .endMetadata()
                .build());
        server.client()
                .resource(new SecretBuilder(stored())
                        .editMetadata()
                        .withResourceVersion(null)
                        .endMetadata()
                        .withData(backup)
                        .build())
                .update();
        one.update(stored());
    }

    private void assertServesWhatIsStored() throws Exception {
        try (SharedCertificate restarted = replica()) {
            assertThat(one.load()).isEqualTo(restarted.load());
            assertThat(one.isShared(one.load())).isTrue();
        }
    }

    @Test
    void servesRestoredSecretOfALowerVersion() throws Exception {
        restoreBackup();

        one.putBack();

        assertServesWhatIsStored();
    }

    @Test
    void readsRestoredSecretOnceTheApiServerAnswers() throws Exception {
        restoreBackup();
        server.fail(request -> request.startsWith("GET") && request.contains("/secrets/"), 500);
        assertThatThrownBy(one::putBack).isInstanceOf(KubernetesClientException.class);

        server.recover();
        one.putBack();

        assertServesWhatIsStored();
    }

    @Test
    void readsTheSecretOnlyWhereItIsInDoubt() throws Exception {
        one.keep(false, false);
        one.update(stored());
        long reads = server.count(request -> request.startsWith("GET"));

        one.putBack();

        assertThat(server.count(request -> request.startsWith("GET"))).isEqualTo(reads);
    }

    @Test
    void damagedMaterialIsWrittenAgain() throws Exception {
        one.keep(false, false);
        Map<String, String> data = stored().getData();
        one.update(server.client()
                .resource(new SecretBuilder(stored())
                        .withData(Map.of("tls.crt", "AAAA"))
                        .build())
                .update());

        one.keep(true, true);

        assertThat(stored().getData()).isEqualTo(data);
    }

    @Test
    void aCaThatAnotherLeaderAnnouncedIsKnownLongEnoughBeforeItIssues() throws Exception {
        one.keep(false, false);
        one.keep(true, true);
        two.update(annotated("ca"));
        two.keep(true, true);
        clock.pass(Duration.ofHours(2));
        one.update(stored());
        long writes = writes();

        one.keep(true, true);
        assertThat(writes()).isEqualTo(writes);

        clock.pass(Duration.ofHours(1));
        one.keep(true, true);
        assertThat(writes()).isEqualTo(writes + 1);
    }
}

package dev.bulkhead.app.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.MovingClock;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialTest {
    private static final List<String> NAMES = List.of("bulkhead.bulkhead-system.svc", "bulkhead");

    private static final Duration SETTLE = Duration.ofMinutes(10);

    private final MovingClock clock = new MovingClock(Instant.parse("2026-11-24T12:00:00Z"));

    private static boolean isTrusted(KeyMaterial material) {
        return material.trusted().stream().anyMatch(authority -> {
            try {
                material.served().leaf().verify(authority.getPublicKey());
                return true;
            } catch (java.security.GeneralSecurityException e) {
                return false;
            }
        });
    }

    @Test
    void isReadAsItWasWritten() throws UnusableCertificateException {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);

        KeyMaterial read = KeyMaterial.fromData(material.toData(), "Secret a/b", clock);

        assertThat(read.toData()).isEqualTo(material.toData());
        assertThat(isTrusted(read)).isTrue();
        assertThat(read.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void nothingIsDueAtFirst() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        clock.pass(Duration.ofDays(59));

        assertThat(material.asDue(NAMES, true, SETTLE, clock)).isSameAs(material);
    }

    @Test
    void leafIsRenewedAfterTwoThirdsOfItsLifeByTheSameCa() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        clock.pass(Duration.ofDays(60));

        KeyMaterial renewed = material.asDue(NAMES, true, SETTLE, clock);

        assertThat(renewed.served().leaf()).isNotEqualTo(material.served().leaf());
        assertThat(renewed.trusted()).isEqualTo(material.trusted());
        assertThat(isTrusted(renewed)).isTrue();
        assertThat(renewed.asDue(NAMES, true, SETTLE, clock)).isSameAs(renewed);
    }

    @Test
    void otherNamesAreIssuedAtOnce() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        List<String> others = List.of("gate.elsewhere.svc");

        assertThat(CertificateAuthority.namesOf(
                        material.asDue(others, true, SETTLE, clock).served().leaf()))
                .isEqualTo(others);
    }

    @Test
    void theNextCaIsPublishedBeforeItIssues() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        clock.pass(Duration.ofDays(250));

        KeyMaterial announced = material.asDue(NAMES, true, SETTLE, clock);
        assertThat(announced.next()).isPresent();
        assertThat(announced.trusted()).hasSize(2);
        assertThat(announced.served()).isEqualTo(material.served());

        clock.pass(Duration.ofMinutes(9));
        assertThat(announced.asDue(NAMES, true, SETTLE, clock).next()).isPresent();
        clock.pass(Duration.ofMinutes(2));
        assertThat(announced.asDue(NAMES, false, SETTLE, clock).next())
                .as("whoever is not told of it cannot trust it")
                .isPresent();
        KeyMaterial switched = announced.asDue(NAMES, true, SETTLE, clock);
        assertThat(switched.next()).isEmpty();
        assertThat(switched.ca().certificate()).isEqualTo(announced.trusted().get(0));
        assertThat(switched.trusted()).isEqualTo(announced.trusted());
        assertThat(isTrusted(switched)).isTrue();
    }

    @Test
    void anExpiredCaIsReplacedThoughTheNextWasNotPublished() {
        KeyMaterial announced = KeyMaterial.create(NAMES, clock).announcing(clock);
        clock.pass(Duration.ofDays(364));
        KeyMaterial waiting = announced.asDue(NAMES, false, SETTLE, clock);
        assertThat(waiting.ca()).isEqualTo(announced.ca());

        clock.pass(Duration.ofHours(24));
        KeyMaterial replaced = waiting.announcing(clock).asDue(NAMES, false, SETTLE, clock);
        assertThat(replaced.ca()).isNotEqualTo(announced.ca());
    }

    @Test
    void clientsTrustValidCertificatesOfTheCasTheyKnow() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        KeyMaterial other = KeyMaterial.create(NAMES, clock);
        KeyPairAndChain served = material.served();

        assertThat(served.isTrustedBy(material.bundle(), clock.instant())).isTrue();
        assertThat(served.isTrustedBy(other.bundle() + material.bundle(), clock.instant()))
                .isTrue();
        assertThat(served.isTrustedBy(other.bundle(), clock.instant())).isFalse();
        assertThat(served.isTrustedBy("", clock.instant())).isFalse();
        assertThat(served.isTrustedBy(
                        material.bundle(),
                        clock.instant().plus(KeyMaterial.LEAF_LIFE).plusSeconds(1)))
                .isFalse();
    }

    @Test
    void selfSignedCertificateIsItsOwnTrustAnchor() {
        CertificateAuthority own = CertificateAuthority.create(KeyMaterial.LEAF_LIFE, clock);
        KeyPairAndChain served = new KeyPairAndChain(own.key(), List.of(own.certificate()));
        String bundle = Pem.text(served.chain());

        assertThat(served.isTrustedBy(bundle, clock.instant())).isTrue();
        assertThat(served.isTrustedBy(
                        bundle, clock.instant().plus(KeyMaterial.LEAF_LIFE).plusSeconds(1)))
                .isFalse();
    }

    @Test
    void bothCanBeRenewedBeforeTheirTime() {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);

        KeyMaterial leaf = material.withNewLeaf(NAMES);
        assertThat(leaf.served().leaf()).isNotEqualTo(material.served().leaf());
        assertThat(isTrusted(leaf)).isTrue();

        KeyMaterial announced = material.announcing(clock);
        assertThat(announced.announcing(clock)).isSameAs(announced);
        assertThat(announced.asDue(NAMES, true, SETTLE, clock)).isSameAs(announced);
        clock.pass(SETTLE);
        assertThat(announced.asDue(NAMES, true, SETTLE, clock).ca().certificate())
                .isEqualTo(announced.trusted().get(0));
    }

    @Test
    void servedCertificateIsTrustedAndValidThroughTenYears() throws UnusableCertificateException {
        KeyMaterial material = KeyMaterial.create(NAMES, clock);
        List<X509Certificate> told = material.trusted();
        for (int i = 0; i < 10 * 365 * 4; i++) {
            clock.pass(Duration.ofHours(6));
            KeyMaterial next = material.asDue(NAMES, told.equals(material.trusted()), SETTLE, clock);
            material = KeyMaterial.fromData(next.toData(), "Secret a/b", clock);
            // Clients still know what they were told the last time.
            assertThat(material.served().chain()).anyMatch(told::contains);
            assertThat(isTrusted(material)).isTrue();
            assertThat(material.trusted().size()).isLessThanOrEqualTo(3);
            told = material.trusted();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls.crt", "tls.key", "ca.crt", "authority.crt", "authority.key"})
    void incompleteMaterialIsRejectedByName(String part) {
        Map<String, String> data =
                new LinkedHashMap<>(KeyMaterial.create(NAMES, clock).toData());
        data.remove(part);

        assertThatThrownBy(() -> KeyMaterial.fromData(data, "Secret a/b", clock))
                .isInstanceOf(UnusableCertificateException.class)
                .hasMessageContaining("Secret a/b")
                .hasMessageContaining(part);
    }

    @Test
    void mixedMaterialIsRejected() {
        Map<String, String> data =
                new LinkedHashMap<>(KeyMaterial.create(NAMES, clock).toData());
        Map<String, String> other = KeyMaterial.create(NAMES, clock).toData();
        data.put("tls.key", String.valueOf(other.get("tls.key")));
        assertThatThrownBy(() -> KeyMaterial.fromData(data, "Secret a/b", clock))
                .hasMessageContaining("does not match");

        Map<String, String> stranger =
                new LinkedHashMap<>(KeyMaterial.create(NAMES, clock).toData());
        stranger.put("ca.crt", String.valueOf(other.get("ca.crt")));
        assertThatThrownBy(() -> KeyMaterial.fromData(stranger, "Secret a/b", clock))
                .hasMessageContaining("lacks the authority");
    }
}

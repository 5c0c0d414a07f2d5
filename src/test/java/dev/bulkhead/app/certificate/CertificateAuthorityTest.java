package dev.bulkhead.app.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int DNS = 2;
    private static final int IP = 7;

    private final Clock clock = Clock.fixed(NOW.plusMillis(789), ZoneOffset.UTC);
    private final CertificateAuthority authority = CertificateAuthority.create(YEAR, clock);

    @Test
    void issuesWhatPathValidationAccepts() throws GeneralSecurityException {
        KeyPairAndChain issued = issue("bulkhead.bulkhead-system.svc");

        validate(issued.leaf(), authority.certificate(), NOW);
    }

    @Test
    void issuesWhatNoOtherCaValidates() {
        KeyPairAndChain issued = issue("localhost");
        X509Certificate other = CertificateAuthority.create(YEAR, clock).certificate();

        assertThatExceptionOfType(CertPathValidatorException.class)
                .isThrownBy(() -> validate(issued.leaf(), other, NOW));
        assertThat(other.getSubjectX500Principal())
                .isNotEqualTo(authority.certificate().getSubjectX500Principal());
    }

    @Test
    void cannotIssueFurtherCas() {
        assertThat(authority.certificate().getBasicConstraints()).isZero();
        assertThat(issue("localhost").leaf().getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void namesTheServerInAlternativeNamesOnly() throws GeneralSecurityException, UnknownHostException {
        InetAddress v4 = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        InetAddress v6 = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

        X509Certificate leaf = authority
                .issue(List.of("localhost", "bulkhead.bulkhead-system.svc"), List.of(v4, v6), YEAR)
                .leaf();

        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        assertThat(names.toString())
                .isEqualTo(List.of(
                                List.of(DNS, "localhost"),
                                List.of(DNS, "bulkhead.bulkhead-system.svc"),
                                List.of(IP, "127.0.0.1"),
                                List.of(IP, "0:0:0:0:0:0:0:1"))
                        .toString());
    }

    @Test
    void acceptsNamesThatAreTooLongForACommonName() throws GeneralSecurityException {
        String name = "a".repeat(60) + "." + "b".repeat(60) + ".svc";

        X509Certificate leaf = issue(name).leaf();

        assertThat(leaf.getSubjectAlternativeNames().toString()).contains(name);
        validate(leaf, authority.certificate(), NOW);
    }

    @Test
    void usesP256AndSha256() {
        for (X509Certificate certificate : issue("localhost").chain()) {
            assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
            assertThat(certificate.getPublicKey())
                    .isInstanceOfSatisfying(
                            ECPublicKey.class,
                            key -> assertThat(key.getParams().getOrder().bitLength())
                                    .isEqualTo(256));
            assertThat(certificate.getPublicKey().toString()).contains("secp256r1");
        }
    }

    @Test
    void isValidFromADayBeforeForTheGivenLife() {
        X509Certificate leaf = authority
                .issue(List.of("localhost"), List.of(), Duration.ofDays(90))
                .leaf();

        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofHours(24)));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(90)));
        assertThat(authority.certificate().getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofHours(24)));
        assertThat(authority.certificate().getNotAfter().toInstant()).isEqualTo(NOW.plus(YEAR));
    }

    @Test
    void neverOutlivesTheCa() {
        X509Certificate leaf = authority
                .issue(List.of("localhost"), List.of(), YEAR.multipliedBy(2))
                .leaf();

        assertThat(leaf.getNotAfter()).isEqualTo(authority.certificate().getNotAfter());
    }

    @Test
    void isRejectedAfterItExpired() {
        X509Certificate leaf = issue("localhost").leaf();

        assertThatExceptionOfType(CertPathValidatorException.class)
                .isThrownBy(() ->
                        validate(leaf, authority.certificate(), NOW.plus(YEAR).plusSeconds(1)));
    }

    @Test
    void allowsOnlyServing() throws GeneralSecurityException {
        X509Certificate leaf = issue("localhost").leaf();

        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getKeyUsage()).startsWith(true, false, false, false, false, false, false);
    }

    @Test
    void givesEveryCertificateItsOwnSerialNumberAndKey() {
        X509Certificate one = issue("localhost").leaf();
        X509Certificate other = issue("localhost").leaf();

        assertThat(one.getSerialNumber()).isPositive().isNotEqualTo(other.getSerialNumber());
        assertThat(one.getSerialNumber().toByteArray()).hasSizeLessThanOrEqualTo(20);
        assertThat(one.getPublicKey()).isNotEqualTo(other.getPublicKey());
    }

    @Test
    void refusesToIssueWithoutNames() {
        assertThatThrownBy(() -> authority.issue(List.of(), List.of(), YEAR))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsTheKeyOutOfTexts() {
        KeyPairAndChain issued = issue("localhost");

        assertThat(issued.toString()).isEqualTo("KeyPairAndChain[CN=localhost]");
    }

    private KeyPairAndChain issue(String name) {
        return authority.issue(List.of(name), List.of(), YEAR);
    }

    private static void validate(X509Certificate leaf, X509Certificate anchor, Instant at)
            throws GeneralSecurityException {
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }
}

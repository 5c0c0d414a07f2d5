package dev.bulkhead.app.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
    private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
    private static final Duration LIFE = Duration.ofDays(30);

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final KeyPairAndChain pair =
            CertificateAuthority.create(LIFE, clock).issue(List.of("localhost"), List.of(), LIFE);

    @TempDir
    private Path directory;

    @Test
    void readsAKeyInPkcs8() throws Exception {
        Path key = keys(pair.key());

        KeyPairAndChain read = read(certificates(pair.chain()), key, clock);

        assertThat(Files.readString(key)).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(read.chain()).isEqualTo(pair.chain());
        assertThat(read.key()).isEqualTo(pair.key());
    }

    @Test
    void readsAnEcKeyInItsTraditionalFormAfterItsParameters() throws Exception {
        Path key = PemFiles.write(
                file("tls.key"),
                List.of(
                        new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
                        new PemObject("EC PRIVATE KEY", traditional(pair.key()).getEncoded())));

        PrivateKey read = read(certificates(pair.chain()), key, clock).key();

        assertThat(traditional(read).getKey()).isEqualTo(traditional(pair.key()).getKey());
    }

    @Test
    void readsAnRsaKeyInItsTraditionalForm() throws Exception {
        KeyPair rsa = newKeys("RSA");
        X509Certificate certificate = selfSigned(rsa, "SHA256withRSA");
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(rsa.getPrivate().getEncoded());
        Path key = PemFiles.write(
                file("tls.key"),
                List.of(new PemObject(
                        "RSA PRIVATE KEY",
                        info.parsePrivateKey().toASN1Primitive().getEncoded())));

        assertThat(read(certificates(List.of(certificate)), key, clock).key()).isEqualTo(rsa.getPrivate());
    }

    @Test
    void readsRsa() throws Exception {
        KeyPair rsa = newKeys("RSA");
        X509Certificate certificate = selfSigned(rsa, "SHA256withRSA");

        KeyPairAndChain read = read(certificates(List.of(certificate)), keys(rsa.getPrivate()), clock);

        assertThat(read.leaf()).isEqualTo(certificate);
        assertThat(read.key()).isEqualTo(rsa.getPrivate());
    }

    @Test
    void saysThatAFileIsMissing() {
        Path missing = file("missing.crt");

        assertRefused(missing, keys(pair.key()), clock, missing + ": no such file");
        assertRefused(certificates(pair.chain()), missing, clock, missing + ": no such file");
    }

    @Test
    void saysThatAFileIsNotPem() throws IOException {
        Path binary = file("tls.crt");
        Files.write(binary, new byte[] {0x30, (byte) 0x82, 0, 1, (byte) 0xff});

        assertRefused(
                binary,
                keys(pair.key()),
                clock,
                binary + ": holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }

    @Test
    void saysThatAFileIsDamaged() throws IOException {
        Path damaged = file("tls.crt");
        Files.writeString(damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        assertThatExceptionOfType(UnusableCertificateException.class)
                .isThrownBy(() -> read(damaged, keys(pair.key()), clock))
                .withMessageStartingWith(damaged + ": is damaged");
    }

    @Test
    void saysThatTheFilesAreExchanged() {
        Path key = keys(pair.key());

        assertRefused(key, key, clock, key + ": holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        Path certificates = certificates(pair.chain());
        assertRefused(
                certificates,
                certificates,
                clock,
                certificates + ": holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
    }

    @Test
    void saysThatTheKeyBelongsToAnotherCertificate() throws GeneralSecurityException {
        Path certificates = certificates(pair.chain());
        Path otherEc = PemFiles.write(file("ec.key"), List.of(newKeys("EC").getPrivate()));
        Path otherRsa = PemFiles.write(file("rsa.key"), List.of(newKeys("RSA").getPrivate()));

        assertRefused(
                certificates,
                otherEc,
                clock,
                otherEc + ": the key does not match the first certificate in " + certificates);
        assertRefused(
                certificates,
                otherRsa,
                clock,
                otherRsa + ": the key does not match the first certificate in " + certificates);
    }

    @Test
    void saysThatTheCertificateHasExpired() {
        Path certificates = certificates(pair.chain());

        assertRefused(
                certificates,
                keys(pair.key()),
                Clock.fixed(NOW.plus(LIFE).plusSeconds(1), ZoneOffset.UTC),
                certificates + ": the certificate expired on 2027-03-31T12:00:00Z");
    }

    @Test
    void saysThatTheCertificateIsNotValidYet() {
        Path certificates = certificates(pair.chain());

        assertRefused(
                certificates,
                keys(pair.key()),
                Clock.fixed(NOW.minus(Duration.ofHours(25)), ZoneOffset.UTC),
                certificates + ": the certificate is not valid before 2027-02-28T12:00:00Z");
    }

    @Test
    void saysThatTheKeyIsEncrypted() throws IOException {
        EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2), new byte[] {1, 2, 3});
        Path key = PemFiles.write(
                file("tls.key"), List.of(new PemObject("ENCRYPTED PRIVATE KEY", encrypted.getEncoded())));

        assertRefused(
                certificates(pair.chain()),
                key,
                clock,
                key + ": the key is encrypted; expected one without a passphrase");
    }

    @Test
    void saysThatAKeyIsNotSupported() throws GeneralSecurityException {
        Path key = PemFiles.write(file("tls.key"), List.of(newKeys("Ed25519").getPrivate()));

        assertThatExceptionOfType(UnusableCertificateException.class)
                .isThrownBy(() -> read(certificates(pair.chain()), key, clock))
                .withMessageMatching(".*tls.key: holds a key of type Ed(DSA|25519); expected EC or RSA");
    }

    @Test
    void readsAgainEachTime() throws Exception {
        Path certificates = certificates(pair.chain());
        Path key = keys(pair.key());
        CertificateFiles files = new CertificateFiles(certificates, key, clock);
        KeyPairAndChain renewed = CertificateAuthority.create(LIFE, clock).issue(List.of("localhost"), List.of(), LIFE);

        KeyPairAndChain first = files.load();
        PemFiles.write(certificates, renewed.chain());
        PemFiles.write(key, List.of(renewed.key()));
        KeyPairAndChain second = files.load();

        assertThat(first.leaf()).isEqualTo(pair.leaf());
        assertThat(second.leaf()).isEqualTo(renewed.leaf());
    }

    private static KeyPairAndChain read(Path certificate, Path key, Clock clock) throws UnusableCertificateException {
        return new CertificateFiles(certificate, key, clock).load();
    }

    private static void assertRefused(Path certificate, Path key, Clock clock, String message) {
        assertThatExceptionOfType(UnusableCertificateException.class)
                .isThrownBy(() -> read(certificate, key, clock))
                .withMessage(message);
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Path certificates(List<X509Certificate> chain) {
        return PemFiles.write(file("chain.crt"), chain);
    }

    private Path keys(PrivateKey key) {
        return PemFiles.write(file("pair.key"), List.of(key));
    }

    /** As OpenSSL writes it, with the curve inside. */
    private static ECPrivateKey traditional(PrivateKey key) throws IOException {
        ECPrivateKey bare = ECPrivateKey.getInstance(
                PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey());
        return new ECPrivateKey(256, bare.getKey(), SECObjectIdentifiers.secp256r1);
    }

    private static KeyPair newKeys(String algorithm) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    }

    private static X509Certificate selfSigned(KeyPair keys, String signature)
            throws GeneralSecurityException, OperatorCreationException {
        X500Name name = new X500Name("CN=localhost");
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name, BigInteger.ONE, Date.from(NOW), Date.from(NOW.plus(LIFE)), name, keys.getPublic())
                        .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
    }
}

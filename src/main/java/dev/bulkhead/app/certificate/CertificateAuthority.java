package dev.bulkhead.app.certificate;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Bulkhead's own CA, which issues certificates for its webhook only. Keys are ECDSA P-256, which costs far less to sign
 * with than RSA, and are kept in memory only. Certificates are valid from a day before they are issued, because the
 * clocks of nodes differ.
 */
public final class CertificateAuthority {
    static final Duration BACKDATED = Duration.ofHours(24);
    private static final String SIGNATURE = "SHA256withECDSA";

    /** Twenty octets with the highest bit set and the sign bit clear, the longest serial number allowed (RFC 5280). */
    private static final int SERIAL_BITS = 159;

    /** The longest common name allowed. Clients read only the subject alternative names. */
    private static final int COMMON_NAME_LENGTH = 64;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final Clock clock;

    private CertificateAuthority(PrivateKey key, X509Certificate certificate, Clock clock) {
        this.key = key;
        this.certificate = certificate;
        this.clock = clock;
    }

    /**
     * Creates a CA that is valid for that long. Its name is unique, so that an old and a new CA can be distinguished.
     */
    public static CertificateAuthority create(Duration life, Clock clock) {
        byte[] mark = new byte[4];
        RANDOM.nextBytes(mark);
        X500Name name = commonName("Bulkhead authority " + HexFormat.of().formatHex(mark));
        KeyPair keys = newKeys();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = certificate(name, name, keys.getPublic(), now, now.plus(life))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            return new CertificateAuthority(keys.getPrivate(), sign(builder, keys.getPrivate()), clock);
        } catch (GeneralSecurityException | CertIOException e) {
            throw cannotIssue(e);
        }
    }

    /**
     * Restores a CA from its PEM texts.
     *
     * @throws UnusableCertificateException when the texts hold no CA certificate with its key
     */
    static CertificateAuthority restore(String certificate, String key, String source, Clock clock)
            throws UnusableCertificateException {
        KeyPairAndChain pair = Pem.pair(
                source + " (certificate)",
                certificate.getBytes(StandardCharsets.UTF_8),
                source + " (key)",
                key.getBytes(StandardCharsets.UTF_8),
                clock);
        if (pair.leaf().getBasicConstraints() < 0) {
            throw new UnusableCertificateException(source + ": the certificate is not an authority's");
        }
        return new CertificateAuthority(pair.key(), pair.leaf(), clock);
    }

    /** The private key, for storage. */
    PrivateKey key() {
        return key;
    }

    /** The CA's own certificate, which goes into the CA bundle. */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Issues a server certificate with a new key for those names and addresses, never valid for longer than the CA.
     *
     * @return a chain of two: the new certificate and the CA's
     */
    public KeyPairAndChain issue(List<String> dnsNames, List<InetAddress> addresses, Duration life) {
        if (dnsNames.isEmpty() && addresses.isEmpty()) {
            throw new IllegalArgumentException("a server certificate needs a name or an address");
        }
        KeyPair keys = newKeys();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant until = now.plus(life);
        Instant last = certificate.getNotAfter().toInstant();
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X500Name issuer =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            X500Name subject = dnsNames.stream()
                    .filter(name -> name.length() <= COMMON_NAME_LENGTH)
                    .findFirst()
                    .map(CertificateAuthority::commonName)
                    .orElseGet(() -> commonName("Bulkhead"));
            X509v3CertificateBuilder builder = certificate(
                            issuer, subject, keys.getPublic(), now, until.isBefore(last) ? until : last)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, names(dnsNames, addresses))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(keys.getPublic()))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(certificate.getPublicKey()));
            return new KeyPairAndChain(keys.getPrivate(), List.of(sign(builder, key), certificate));
        } catch (GeneralSecurityException | CertIOException e) {
            throw cannotIssue(e);
        }
    }

    /** The DNS names in a certificate. */
    static List<String> namesOf(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> Integer.valueOf(GeneralName.dNSName).equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static GeneralNames names(List<String> dnsNames, List<InetAddress> addresses) {
        List<GeneralName> names = new ArrayList<>();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static X509v3CertificateBuilder certificate(
            X500Name issuer, X500Name subject, PublicKey publicKey, Instant now, Instant until) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS - 1, RANDOM).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(BACKDATED)),
                Date.from(until),
                subject,
                publicKey);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException e) {
            throw cannotIssue(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw cannotIssue(e);
        }
    }

    private static X500Name commonName(String text) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, text).build();
    }

    private static IllegalStateException cannotIssue(Exception cause) {
        return new IllegalStateException("this Java cannot issue ECDSA P-256 certificates", cause);
    }
}

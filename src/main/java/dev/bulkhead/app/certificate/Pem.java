package dev.bulkhead.app.certificate;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Certificates and keys as text (RFC 7468). A pair that clients would reject is rejected. */
final class Pem {
    private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

    private Pem() {}

    /**
     * A server's certificate, its issuers, and its key.
     *
     * @param certificateSource and {@code keySource} what the texts are called in messages
     * @throws UnusableCertificateException when a text is malformed, when the two do not match, or when the
     *     certificate is not valid now
     */
    static KeyPairAndChain pair(String certificateSource, byte[] certificate, String keySource, byte[] key, Clock clock)
            throws UnusableCertificateException {
        List<X509Certificate> chain = certificates(certificateSource, certificate);
        X509Certificate leaf = chain.get(0);
        Instant now = clock.instant();
        Instant until = leaf.getNotAfter().toInstant();
        Instant from = leaf.getNotBefore().toInstant();
        if (now.isAfter(until)) {
            throw new UnusableCertificateException(certificateSource + ": the certificate expired on " + until);
        }
        if (now.isBefore(from)) {
            throw new UnusableCertificateException(certificateSource + ": the certificate is not valid before " + from);
        }
        PrivateKey privateKey = key(keySource, key);
        if (!belongTogether(leaf.getPublicKey(), privateKey)) {
            throw new UnusableCertificateException(
                    keySource + ": the key does not match the first certificate in " + certificateSource);
        }
        return new KeyPairAndChain(privateKey, chain);
    }

    /** The certificates, one after the other. */
    static String text(List<X509Certificate> certificates) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (X509Certificate certificate : certificates) {
                pem.writeObject(certificate);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a certificate cannot be written", e);
        }
        return text.toString();
    }

    /** The key in PKCS #8, without a passphrase. */
    static String text(PrivateKey key) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(new JcaPKCS8Generator(key, null));
        } catch (IOException e) {
            throw new UncheckedIOException("a key cannot be written", e);
        }
        return text.toString();
    }

    /**
     * The certificates in a text, at least one.
     *
     * @param source what the text is called in messages
     */
    static List<X509Certificate> certificates(String source, byte[] pem) throws UnusableCertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try {
            for (Object part : partsOf(source, pem)) {
                if (part instanceof X509CertificateHolder holder) {
                    chain.add(converter.getCertificate(holder));
                }
            }
        } catch (CertificateException e) {
            throw new UnusableCertificateException(source + ": holds a certificate that cannot be read", e);
        }
        if (chain.isEmpty()) {
            throw new UnusableCertificateException(
                    source + ": holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        }
        return chain;
    }

    private static PrivateKey key(String source, byte[] pem) throws UnusableCertificateException {
        Optional<PrivateKeyInfo> info = Optional.empty();
        for (Object part : partsOf(source, pem)) {
            if (part instanceof PEMEncryptedKeyPair || part instanceof PKCS8EncryptedPrivateKeyInfo) {
                throw new UnusableCertificateException(
                        source + ": the key is encrypted; expected one without a passphrase");
            }
            if (part instanceof PEMKeyPair pair) {
                info = Optional.of(pair.getPrivateKeyInfo());
            } else if (part instanceof PrivateKeyInfo found) {
                info = Optional.of(found);
            }
        }
        if (info.isEmpty()) {
            throw new UnusableCertificateException(
                    source + ": holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
        }
        PrivateKey key;
        try {
            key = new JcaPEMKeyConverter().getPrivateKey(info.get());
        } catch (PEMException e) {
            throw new UnusableCertificateException(source + ": holds a private key that cannot be read", e);
        }
        if (!SIGNATURES.containsKey(key.getAlgorithm())) {
            throw new UnusableCertificateException(
                    source + ": holds a key of type " + key.getAlgorithm() + "; expected EC or RSA");
        }
        return key;
    }

    private static List<Object> partsOf(String source, byte[] pem) throws UnusableCertificateException {
        List<Object> parts = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.ISO_8859_1)))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
            return parts;
        } catch (PEMException | IllegalArgumentException e) {
            throw new UnusableCertificateException(source + ": is damaged", e);
        } catch (IOException e) {
            throw new UnusableCertificateException(source + ": is not PEM", e);
        }
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
        String signature = SIGNATURES.get(privateKey.getAlgorithm());
        if (signature == null || !privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        byte[] probe = "bulkhead".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(privateKey);
            signer.update(probe);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(signature);
            verifier.initVerify(publicKey);
            verifier.update(probe);
            return verifier.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}

package dev.bulkhead.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * A server's certificate and key in PEM files. A pair that clients would refuse is refused.
 *
 * @param certificate the server's certificate first, then its issuers, as {@code tls.crt} in a Secret
 * @param key EC or RSA, in PKCS #8 or the traditional forms, without a passphrase
 */
public record CertificateFiles(Path certificate, Path key, Clock clock) implements CertificateSource {
    private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");

    /**
     * Reads the pair.
     *
     * @throws UnusableCertificateException when a file is missing or unreadable, when it does not hold what it should,
     *     when the two do not belong together, or when the certificate is not valid now
     */
    @Override
    public KeyPairAndChain load() throws UnusableCertificateException {
        List<X509Certificate> chain = chainOf(certificate);
        X509Certificate leaf = chain.get(0);
        Instant now = clock.instant();
        Instant until = leaf.getNotAfter().toInstant();
        Instant from = leaf.getNotBefore().toInstant();
        if (now.isAfter(until)) {
            throw new UnusableCertificateException(certificate + ": the certificate expired on " + until);
        }
        if (now.isBefore(from)) {
            throw new UnusableCertificateException(certificate + ": the certificate is not valid before " + from);
        }
        PrivateKey privateKey = keyOf(key);
        if (!belongTogether(leaf.getPublicKey(), privateKey)) {
            throw new UnusableCertificateException(
                    key + ": the key does not match the first certificate in " + certificate);
        }
        return new KeyPairAndChain(privateKey, chain);
    }

    private static List<X509Certificate> chainOf(Path file) throws UnusableCertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        try {
            for (Object part : partsOf(file)) {
                if (part instanceof X509CertificateHolder holder) {
                    chain.add(converter.getCertificate(holder));
                }
            }
        } catch (CertificateException e) {
            throw new UnusableCertificateException(file + ": holds a certificate that cannot be read", e);
        }
        if (chain.isEmpty()) {
            throw new UnusableCertificateException(
                    file + ": holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        }
        return chain;
    }

    private static PrivateKey keyOf(Path file) throws UnusableCertificateException {
        Optional<PrivateKeyInfo> info = Optional.empty();
        for (Object part : partsOf(file)) {
            if (part instanceof PEMEncryptedKeyPair || part instanceof PKCS8EncryptedPrivateKeyInfo) {
                throw new UnusableCertificateException(
                        file + ": the key is encrypted; expected one without a passphrase");
            }
            if (part instanceof PEMKeyPair pair) {
                info = Optional.of(pair.getPrivateKeyInfo());
            } else if (part instanceof PrivateKeyInfo found) {
                info = Optional.of(found);
            }
        }
        if (info.isEmpty()) {
            throw new UnusableCertificateException(
                    file + ": holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
        }
        PrivateKey key;
        try {
            key = new JcaPEMKeyConverter().getPrivateKey(info.get());
        } catch (PEMException e) {
            throw new UnusableCertificateException(file + ": holds a private key that cannot be read", e);
        }
        if (!SIGNATURES.containsKey(key.getAlgorithm())) {
            throw new UnusableCertificateException(
                    file + ": holds a key of type " + key.getAlgorithm() + "; expected EC or RSA");
        }
        return key;
    }

    private static List<Object> partsOf(Path file) throws UnusableCertificateException {
        List<Object> parts = new ArrayList<>();
        try (PEMParser parser = new PEMParser(Files.newBufferedReader(file, StandardCharsets.ISO_8859_1))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
            return parts;
        } catch (NoSuchFileException e) {
            throw new UnusableCertificateException(file + ": no such file", e);
        } catch (PEMException | IllegalArgumentException e) {
            throw new UnusableCertificateException(file + ": is damaged: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UnusableCertificateException(file + ": cannot be read: " + e.getMessage(), e);
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

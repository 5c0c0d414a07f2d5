package dev.bulkhead.app.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/**
 * A server's certificate and key in PEM files. A pair that clients would reject is rejected.
 *
 * @param certificate the server's certificate first, then its issuers, as {@code tls.crt} in a Secret
 * @param key EC or RSA, in PKCS #8 or the traditional forms, without a passphrase
 */
public record CertificateFiles(Path certificate, Path key, Clock clock) implements CertificateSource {
    /**
     * Reads the pair.
     *
     * @throws UnusableCertificateException when a file is missing, unreadable or malformed, when the two do not match,
     *     or when the certificate is not valid now
     */
    @Override
    public KeyPairAndChain load() throws UnusableCertificateException {
        return Pem.pair(certificate.toString(), bytesOf(certificate), key.toString(), bytesOf(key), clock);
    }

    /**
     * The certificates in a PEM file, such as a CA bundle.
     *
     * @throws UnusableCertificateException when the file is missing or holds none
     */
    public static List<X509Certificate> authorities(Path file) throws UnusableCertificateException {
        return Pem.certificates(file.toString(), bytesOf(file));
    }

    private static byte[] bytesOf(Path file) throws UnusableCertificateException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UnusableCertificateException(file + ": no such file", e);
        } catch (IOException e) {
            throw new UnusableCertificateException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

package dev.bulkhead.app.certificate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorResult;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Certificates without a key.
 *
 * @param certificates a server's certificate, then each one's issuer as far as it is known; or several CA certificates
 */
public record CertificateChain(List<X509Certificate> certificates) {
    public CertificateChain {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one certificate");
        }
    }

    /** The certificates in a text in PEM form; empty if it holds none, or one that cannot be read. */
    public static Optional<CertificateChain> parse(String pem) {
        try {
            return Optional.of(
                    new CertificateChain(Pem.certificates("the certificates", pem.getBytes(StandardCharsets.UTF_8))));
        } catch (UnusableCertificateException e) {
            return Optional.empty();
        }
    }

    /** The server's own certificate. */
    public X509Certificate leaf() {
        return certificates.get(0);
    }

    /** When the first of them expires. */
    public Instant expiry() {
        return leaf().getNotAfter().toInstant();
    }

    /** When the last of them expires. */
    public Instant lastExpiry() {
        return certificates.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .reduce(expiry(), (one, other) -> one.isAfter(other) ? one : other);
    }

    /** Whether the server's certificate is for that DNS name. */
    public boolean isFor(String name) {
        try {
            Collection<List<?>> names = leaf().getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(entry -> name.equals(entry.get(1)));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /**
     * Whether a client that trusts those CAs would trust the server's certificate.
     *
     * @param authorities CA certificates in PEM form; a text without any trusts nothing
     */
    public boolean isTrustedBy(String authorities, Instant now) {
        Optional<CertificateChain> trusted = parse(authorities);
        return trusted.isPresent() && isTrustedBy(trusted.get().certificates(), now);
    }

    private boolean isTrustedBy(List<X509Certificate> trusted, Instant now) {
        try {
            PKIXParameters parameters = new PKIXParameters(trusted.stream()
                    .map(authority -> new TrustAnchor(authority, null))
                    .collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPath path = CertificateFactory.getInstance("X.509")
                    .generateCertPath(Stream.concat(
                                    Stream.of(leaf()),
                                    certificates.stream().skip(1).filter(issuer -> !trusted.contains(issuer)))
                            .toList());
            CertPathValidatorResult unused =
                    CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}

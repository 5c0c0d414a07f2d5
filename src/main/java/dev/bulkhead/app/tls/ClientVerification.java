package dev.bulkhead.app.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;

/**
 * Clients are asked for a certificate and need not have one.
 *
 * @param trust verifies certificates
 * @param authorities the CAs that are trusted now. Clients are told them, and choose among their certificates by them
 */
public record ClientVerification(TrustManagerFactory trust, Supplier<List<X509Certificate>> authorities) {}

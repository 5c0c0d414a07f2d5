package dev.bulkhead.admission;

import dev.bulkhead.certificate.CertificateFiles;
import dev.bulkhead.certificate.OwnCertificate;
import dev.bulkhead.certificate.ServedCertificate;
import io.quarkus.arc.DefaultBean;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** What the gate is fitted out with, by its configuration. */
final class Fittings {
    /** The TLS configuration that the gate serves by. */
    static final String TLS = "gate";

    @Produces
    @Singleton
    @DefaultBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    @Identifier(TLS)
    ServedCertificate certificate(GateConfig config, Clock clock) {
        Optional<Path> certificate = config.tls().cert();
        Optional<Path> key = config.tls().key();
        if (certificate.isPresent() && key.isPresent()) {
            return new ServedCertificate(new CertificateFiles(certificate.get(), key.get(), clock));
        }
        if (certificate.isPresent() || key.isPresent()) {
            throw new IllegalStateException("bulkhead.tls.cert and bulkhead.tls.key must be set together");
        }
        return new ServedCertificate(new OwnCertificate(clock));
    }
}

package dev.bulkhead.app.server;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.config.GateConfig;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready without a certificate that is valid now, because the API server would refuse the connection. */
@Readiness
@Singleton
final class CertificateHealth implements HealthCheck {
    private final ServedCertificate certificate;
    private final Clock clock;

    CertificateHealth(@Identifier(GateConfig.TLS) ServedCertificate certificate, Clock clock) {
        this.certificate = certificate;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        boolean valid = certificate
                .current()
                .filter(served ->
                        clock.instant().isBefore(served.leaf().getNotAfter().toInstant()))
                .isPresent();
        return HealthCheckResponse.named("certificate").status(valid).build();
    }
}

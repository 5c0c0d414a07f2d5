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
    private final boolean served;

    CertificateHealth(@Identifier(GateConfig.TLS) ServedCertificate certificate, Clock clock, GateConfig config) {
        this.certificate = certificate;
        this.clock = clock;
        this.served = !config.scan().enabled();
    }

    @Override
    public HealthCheckResponse call() {
        // The console's process serves no webhook.
        boolean valid = !served || isValidNow();
        return HealthCheckResponse.named("certificate").status(valid).build();
    }

    private boolean isValidNow() {
        return certificate
                .current()
                .filter(current ->
                        clock.instant().isBefore(current.leaf().getNotAfter().toInstant()))
                .isPresent();
    }
}

package dev.bulkhead.app.server;

import dev.bulkhead.app.cluster.scan.ScanRuntime;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** In the console's process: not ready until everything that it shows has been read once. */
@Readiness
@Singleton
final class ScanHealth implements HealthCheck {
    private final Optional<ScanRuntime> scan;

    ScanHealth(Optional<ScanRuntime> scan) {
        this.scan = scan;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("scan")
                .status(scan.map(ScanRuntime::isComplete).orElse(true))
                .build();
    }
}

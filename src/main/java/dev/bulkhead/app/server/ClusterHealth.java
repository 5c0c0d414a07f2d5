package dev.bulkhead.app.server;

import dev.bulkhead.app.cluster.ClusterRuntime;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready until everything that decisions depend on has been read: a policy that is not known yet would not be
 * applied.
 */
@Readiness
@Singleton
final class ClusterHealth implements HealthCheck {
    private final Optional<ClusterRuntime> cluster;

    ClusterHealth(Optional<ClusterRuntime> cluster) {
        this.cluster = cluster;
    }

    @Override
    public HealthCheckResponse call() {
        boolean complete = cluster.map(ClusterRuntime::isComplete).orElse(true);
        return HealthCheckResponse.named("cluster").status(complete).build();
    }
}

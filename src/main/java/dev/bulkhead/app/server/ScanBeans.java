package dev.bulkhead.app.server;

import dev.bulkhead.app.cluster.resource.ImageConfigMap;
import dev.bulkhead.app.cluster.scan.ScanRuntime;
import dev.bulkhead.app.config.GateConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/** The beans that exist only in the console's process. */
final class ScanBeans {
    @Produces
    @Singleton
    Optional<ScanRuntime> scan(GateConfig config, Clock clock, Instance<KubernetesClient> client) {
        if (!config.scan().enabled()) {
            return Optional.empty();
        }
        return Optional.of(new ScanRuntime(
                client.get(),
                ClusterBeans.terms(config),
                config.cluster().persistentVolumes(),
                config.cluster()
                        .images()
                        .map(name -> new ImageConfigMap(config.cluster().namespace(), name)),
                clock));
    }

    void start(@Observes StartupEvent start, Optional<ScanRuntime> scan) {
        scan.ifPresent(ScanRuntime::start);
    }

    void stop(@Observes ShutdownEvent stop, Optional<ScanRuntime> scan) {
        scan.ifPresent(ScanRuntime::close);
    }
}

package dev.bulkhead.app.admission;

import io.fabric8.kubernetes.client.Config;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import jakarta.inject.Singleton;

/** Names Bulkhead's client of the API server, which records that name with every change of a field. */
@Singleton
final class ApiServerClient implements KubernetesConfigCustomizer {
    @Override
    public void customize(Config config) {
        config.setUserAgent("bulkhead");
    }
}

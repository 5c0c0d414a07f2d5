package dev.bulkhead.app.admission;

import io.fabric8.kubernetes.client.Config;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import jakarta.inject.Singleton;

/** Gives the client of the API server its name, by which the API server notes who changed a field. */
@Singleton
final class ApiServerClient implements KubernetesConfigCustomizer {
    @Override
    public void customize(Config config) {
        config.setUserAgent("bulkhead");
    }
}

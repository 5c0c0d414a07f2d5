package dev.bulkhead.app.cluster.scan.personal;

import dev.bulkhead.app.cluster.resource.HttpStatusException;
import dev.bulkhead.app.cluster.scan.ClusterReader;
import dev.bulkhead.engine.workload.WorkloadKinds;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads a cluster with a person's kubeconfig: all namespaces if this person may list pods in all, otherwise the one of
 * the kubeconfig.
 */
public final class PersonalReader implements PolledScan.Reader {
    private final Config config;
    private final String home;
    private final Optional<String> namespace;
    private final WorkloadKinds kinds;

    /**
     * Reads nothing yet.
     *
     * @param home the valid name of Bulkhead's own namespace, which need not exist
     * @param namespace the only one to read, a valid name; empty for as much as may be read
     */
    public PersonalReader(Config config, String home, Optional<String> namespace, WorkloadKinds kinds) {
        this.config = config;
        this.home = home;
        this.namespace = namespace;
        this.kinds = kinds;
    }

    @Override
    public ClusterReader.Reading read(Instant now) throws IOException {
        // A client of its own, since credentials of a kubeconfig are renewed by the program that it names.
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            if (namespace.isPresent()) {
                return readOnly(client, namespace.get(), now);
            }
            try {
                return read(client, Optional.empty(), now);
            } catch (IOException e) {
                if (!isForbidden(e)) {
                    throw e;
                }
                String own = Optional.ofNullable(config.getNamespace()).orElse("default");
                return readOnly(client, own, now)
                        .withLimit("pods of all namespaces cannot be read: only namespace " + own
                                + " is shown; --namespace chooses another one");
            }
        }
    }

    private ClusterReader.Reading read(KubernetesClient client, Optional<String> only, Instant now) throws IOException {
        return new ClusterReader(client, home, only, Optional.empty(), kinds, what -> {}).read(now);
    }

    /** One namespace. */
    private ClusterReader.Reading readOnly(KubernetesClient client, String only, Instant now) throws IOException {
        try {
            return read(client, Optional.of(only), now);
        } catch (IOException e) {
            if (!isForbidden(e)) {
                throw e;
            }
            throw new IOException(
                    "in namespace " + only + ", " + e.getMessage()
                            + ". You need the right to list pods, in all namespaces"
                            + " or in that one; --namespace chooses another one",
                    e);
        }
    }

    private static boolean isForbidden(IOException failure) {
        return failure.getCause() instanceof HttpStatusException answer
                && answer.code() == HttpURLConnection.HTTP_FORBIDDEN;
    }
}

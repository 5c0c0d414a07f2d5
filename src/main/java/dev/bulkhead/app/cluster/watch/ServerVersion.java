package dev.bulkhead.app.cluster.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.reconcile.Reconciler;
import dev.bulkhead.app.cluster.reconcile.Reconciler.Pace;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The minor version of Kubernetes that the API server has, read periodically because an upgrade changes it. */
public final class ServerVersion implements AutoCloseable {
    private static final int MOST_BYTES = 64 << 10;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    /** How long an upgrade of the control plane may go unnoticed. */
    private static final Duration EVERY = Duration.ofMinutes(10);

    private static final Pace PACE =
            new Pace(EVERY, Duration.ofSeconds(2), Duration.ofMinutes(1), WITHIN.multipliedBy(2));

    private final KubernetesClient client;
    private final Runnable onChange;
    private final Reconciler reading;
    private volatile Optional<Integer> minor = Optional.empty();

    ServerVersion(KubernetesClient client, Runnable onChange) {
        this.client = client;
        this.onChange = onChange;
        this.reading = new Reconciler("cluster-version", this::read, PACE);
    }

    void start() {
        reading.start();
    }

    /** Empty until it is known. */
    Optional<Integer> minor() {
        return minor;
    }

    private void read() throws IOException {
        Optional<Integer> read = Optional.of(ask(client));
        if (!read.equals(minor)) {
            minor = read;
            onChange.run();
        }
    }

    /**
     * The minor version, asked now.
     *
     * @throws IOException when the API server does not answer, or names none
     */
    public static int ask(KubernetesClient client) throws IOException {
        byte[] answer = BoundedRead.get(client, "version", "application/json", MOST_BYTES, WITHIN);
        return minorOf(client.getKubernetesSerialization()
                        .unmarshal(new ByteArrayInputStream(answer), JsonNode.class)
                        .path("minor")
                        .asText())
                .orElseThrow(() -> new IOException("the API server names no minor version"));
    }

    /** Some providers write {@code 33+}. */
    private static Optional<Integer> minorOf(String text) {
        String digits = text.replaceAll("\\D.*$", "");
        return digits.isEmpty() || digits.length() > 4 ? Optional.empty() : Optional.of(Integer.parseInt(digits));
    }

    @Override
    public void close() {
        reading.close();
    }
}

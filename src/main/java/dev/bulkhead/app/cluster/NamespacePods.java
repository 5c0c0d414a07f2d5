package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.engine.text.FailureText;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stored pods of a namespace, page by page, each page limited in bytes before it is parsed. */
final class NamespacePods {
    /** More than one pod can have: etcd stores no object over 1.5 MiB, which may be twice that as JSON. */
    static final int MOST_BYTES = 4 << 20;

    private NamespacePods() {}

    /**
     * A page of at most that many pods; of a single one if they are together larger than {@link #MOST_BYTES}.
     *
     * @param within the time limit of a request; there are at most two
     * @throws UncheckedIOException when the API server does not answer in time, or not with pods
     */
    static PodPage page(KubernetesClient client, String namespace, int most, Optional<String> from, Duration within) {
        try {
            byte[] page = read(client, namespace, most, from, within);
            if (page.length > MOST_BYTES && most > 1) {
                page = read(client, namespace, 1, from, within);
            }
            if (page.length > MOST_BYTES) {
                throw new IOException("a pod in " + namespace + " is larger than " + MOST_BYTES + " bytes");
            }
            return pods(client, page);
        } catch (IOException e) {
            throw new UncheckedIOException("listing pods failed: " + FailureText.message(e), e);
        }
    }

    private static PodPage pods(KubernetesClient client, byte[] page) {
        JsonNode list = client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(page), JsonNode.class);
        List<JsonNode> pods = new ArrayList<>();
        list.path("items").forEach(pods::add);
        JsonNode metadata = list.path("metadata");
        return new PodPage(
                pods,
                page.length,
                metadata.path("remainingItemCount").asLong(),
                Optional.of(metadata.path("continue").asText("")).filter(next -> !next.isEmpty()));
    }

    private static byte[] read(
            KubernetesClient client, String namespace, int most, Optional<String> from, Duration within)
            throws IOException {
        String query = "limit=" + most
                + from.map(next -> "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8))
                        .orElse("");
        String path = "api/v1/namespaces/" + URLEncoder.encode(namespace, StandardCharsets.UTF_8) + "/pods?" + query;
        return BoundedRead.get(client, path, "application/json", MOST_BYTES, within);
    }
}

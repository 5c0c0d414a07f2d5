package dev.bulkhead.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.ClusterRuntime.Pods;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The pods of a namespace as they are stored, page by page, each page bounded in bytes before anything is made of it. */
final class NamespacePods {
    /** More than one pod can take: etcd stores no object over 1.5 MiB, which may be twice that as JSON. */
    static final int MOST_BYTES = 4 << 20;

    private static final long SECONDS_PER_PAGE = 5;

    private NamespacePods() {}

    /**
     * A page of so many pods at most; of one where they would be larger together than {@link #MOST_BYTES}.
     *
     * @throws UncheckedIOException when the API server does not answer, or not with pods
     */
    static Pods page(KubernetesClient client, String namespace, int most, Optional<String> from) {
        try {
            byte[] page = read(client, namespace, most, from);
            if (page.length > MOST_BYTES && most > 1) {
                page = read(client, namespace, 1, from);
            }
            if (page.length > MOST_BYTES) {
                throw new IOException("a pod in " + namespace + " is larger than " + MOST_BYTES + " bytes");
            }
            return pods(client, page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pods pods(KubernetesClient client, byte[] page) {
        JsonNode list = client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(page), JsonNode.class);
        List<JsonNode> pods = new ArrayList<>();
        list.path("items").forEach(pods::add);
        JsonNode metadata = list.path("metadata");
        return new Pods(
                pods,
                page.length,
                metadata.path("remainingItemCount").asLong(),
                Optional.of(metadata.path("continue").asText("")).filter(next -> !next.isEmpty()));
    }

    /** The page, or its beginning, which is longer than it may be. */
    private static byte[] read(KubernetesClient client, String namespace, int most, Optional<String> from)
            throws IOException {
        String query = "limit=" + most
                + from.map(next -> "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8))
                        .orElse("");
        URI uri = URI.create(client.getMasterUrl() + "api/v1/namespaces/"
                + URLEncoder.encode(namespace, StandardCharsets.UTF_8) + "/pods?" + query);
        try {
            HttpResponse<InputStream> response = client.getHttpClient()
                    .sendAsync(
                            client.getHttpClient()
                                    .newHttpRequestBuilder()
                                    .uri(uri)
                                    .setHeader("Accept", "application/json")
                                    .build(),
                            InputStream.class)
                    .get(SECONDS_PER_PAGE, TimeUnit.SECONDS);
            try (InputStream body = response.body()) {
                if (!response.isSuccessful()) {
                    throw new IOException("listing pods failed with HTTP status " + response.code());
                }
                return body.readNBytes(MOST_BYTES + 1);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("listing pods failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while listing pods");
        }
    }
}

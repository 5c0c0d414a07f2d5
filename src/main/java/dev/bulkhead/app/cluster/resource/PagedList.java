package dev.bulkhead.app.cluster.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Lists objects of the API server page by page, each page limited in bytes before it is parsed. */
public final class PagedList {
    /** Smaller pages are tried where objects are large, down to a single one. */
    private static final List<Integer> PAGES = List.of(500, 50, 1);

    /** More than one object can have: etcd stores none over 1.5 MiB, which may be twice that as JSON. */
    private static final int MOST_BYTES = 4 << 20;

    private static final Duration PAGE_WITHIN = Duration.ofSeconds(20);

    private PagedList() {}

    /**
     * Passes every object of a list to the consumer.
     *
     * @param path of the list below the API server's address
     * @param query what else to ask for, such as {@code &labelSelector=…}; may be empty
     * @param accept the media type that is asked for
     * @throws HttpStatusException when the API server refuses
     * @throws IOException when the API server does not answer in time, or not with a list
     */
    public static void forEach(
            KubernetesClient client, String path, String query, String accept, Consumer<JsonNode> consumer)
            throws IOException {
        String next = "";
        do {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while listing objects");
            }
            JsonNode page = page(client, path, query, accept, next);
            page.path("items").forEach(consumer);
            next = page.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
    }

    private static JsonNode page(KubernetesClient client, String path, String query, String accept, String next)
            throws IOException {
        for (int limit : PAGES) {
            String address = path + "?limit=" + limit + query
                    + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
            byte[] page = BoundedRead.get(client, address, accept, MOST_BYTES, PAGE_WITHIN);
            if (page.length <= MOST_BYTES) {
                return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(page), JsonNode.class);
            }
        }
        throw new IOException("an object is larger than " + MOST_BYTES + " bytes");
    }
}

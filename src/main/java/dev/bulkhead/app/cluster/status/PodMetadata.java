package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The metadata of all pods, page by page: much less than the pods. */
final class PodMetadata {
    private static final int PAGE = 500;
    private static final long SECONDS_PER_PAGE = 20;
    private static final String ACCEPT = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private PodMetadata() {}

    /**
     * A pod as far as it matters for counting.
     *
     * @param workload what made it, as {@code KIND/NAME}; itself when nothing did
     */
    record Entry(String namespace, Map<String, String> labels, String workload) {
        static Entry of(JsonNode metadata) {
            Map<String, String> labels = new HashMap<>();
            metadata.path("labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            String workload = "Pod/" + metadata.path("name").asText();
            for (JsonNode owner : metadata.path("ownerReferences")) {
                if (owner.path("controller").asBoolean()) {
                    workload = nameOf(owner, labels);
                }
            }
            return new Entry(metadata.path("namespace").asText(), labels, workload);
        }

        private static String nameOf(JsonNode owner, Map<String, String> labels) {
            String kind = owner.path("kind").asText();
            String name = owner.path("name").asText();
            String hash = labels.getOrDefault("pod-template-hash", "");
            return kind.equals("ReplicaSet") && !hash.isEmpty() && name.endsWith("-" + hash)
                    ? "Deployment/" + name.substring(0, name.length() - hash.length() - 1)
                    : kind + "/" + name;
        }
    }

    /**
     * Hands over every pod there is.
     *
     * @throws IOException when the API server does not answer, or not with pods
     */
    static void forEach(KubernetesClient client, Consumer<Entry> consumer) throws IOException, InterruptedException {
        String next = "";
        do {
            JsonNode page = page(client, next);
            page.path("items").forEach(item -> consumer.accept(Entry.of(item.path("metadata"))));
            next = page.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
    }

    private static JsonNode page(KubernetesClient client, String next) throws IOException, InterruptedException {
        String query = "limit=" + PAGE
                + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
        try {
            HttpResponse<byte[]> response = client.getHttpClient()
                    .sendAsync(
                            client.getHttpClient()
                                    .newHttpRequestBuilder()
                                    .uri(URI.create(client.getMasterUrl() + "api/v1/pods?" + query))
                                    .setHeader("Accept", ACCEPT)
                                    .build(),
                            byte[].class)
                    .get(SECONDS_PER_PAGE, TimeUnit.SECONDS);
            if (!response.isSuccessful()) {
                throw new IOException("listing pods failed with HTTP status " + response.code());
            }
            return client.getKubernetesSerialization()
                    .unmarshal(new String(response.body(), StandardCharsets.UTF_8), JsonNode.class);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("listing pods failed", e);
        }
    }
}

package dev.bulkhead.app.cluster.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Patches objects without reading them before, so that no permission to read them is needed. */
public final class PlainPatch {
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private PlainPatch() {}

    /** The ways to patch that are used. */
    public enum Type {
        MERGE("application/merge-patch+json", ""),
        /** Creates what is not there, and takes fields from other managers. */
        APPLY("application/apply-patch+yaml", "?fieldManager=" + FieldOwners.OWN_NAME + "&force=true");

        private final String contentType;
        private final String query;

        Type(String contentType, String query) {
            this.contentType = contentType;
            this.query = query;
        }
    }

    /**
     * Patches an object, and returns it as it then is.
     *
     * @param path the parts of its address, below the API server's
     * @throws KubernetesClientException when it is not patched, or no answer came
     */
    public static JsonNode patch(KubernetesClient client, List<String> path, Type type, JsonNode patch) {
        String address = path.stream()
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
                .collect(Collectors.joining("/"));
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl() + address + type.query))
                .setHeader("Accept", "application/json")
                .method("PATCH", type.contentType, patch.toString())
                .timeout(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        HttpResponse<byte[]> response = send(client, request);
        if (!response.isSuccessful()) {
            throw new KubernetesClientException(status(client, response));
        }
        return read(client, response.body(), JsonNode.class);
    }

    private static HttpResponse<byte[]> send(KubernetesClient client, HttpRequest request) {
        try {
            return client.getHttpClient()
                    .sendAsync(request, byte[].class)
                    .get(2 * WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted while waiting for the API server", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KubernetesClientException("the API server did not answer", e);
        }
    }

    private static Status status(KubernetesClient client, HttpResponse<byte[]> response) {
        Status unknown = new StatusBuilder().withCode(response.code()).build();
        try {
            Status status = read(client, response.body(), Status.class);
            return status.getCode() == null ? unknown : status;
        } catch (RuntimeException e) {
            return unknown;
        }
    }

    private static <T> T read(KubernetesClient client, byte[] json, Class<T> type) {
        return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(json), type);
    }
}

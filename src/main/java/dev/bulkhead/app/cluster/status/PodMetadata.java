package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.BoundedRead;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Lists the metadata of all pods, page by page, which is much less than the pods. */
final class PodMetadata {
    private static final List<Integer> PAGES = List.of(500, 50, 1);
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration PAGE_WITHIN = Duration.ofSeconds(20);
    private static final String ACCEPT = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private PodMetadata() {}

    /**
     * What counting needs of a pod.
     *
     * @param workload its controller, as {@code KIND/NAME}; the pod itself if it has none
     */
    record Entry(String namespace, Map<String, String> labels, String workload) {
        static Entry of(JsonNode metadata) {
            Map<String, String> labels = new HashMap<>();
            metadata.path("labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            Owner owner = WorkloadOwners.outermostOfPod(Field.root(metadata));
            return new Entry(metadata.path("namespace").asText(), labels, owner.kind() + "/" + owner.name());
        }
    }

    /**
     * Passes every pod to the consumer.
     *
     * @throws IOException when the API server does not answer in time, or not with pods
     */
    static void forEach(KubernetesClient client, Consumer<Entry> consumer) throws IOException {
        String next = "";
        do {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while listing pods");
            }
            JsonNode page = page(client, next);
            page.path("items").forEach(item -> consumer.accept(Entry.of(item.path("metadata"))));
            next = page.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
    }

    /** Uses smaller pages if pods have much metadata, down to a single pod. */
    private static JsonNode page(KubernetesClient client, String next) throws IOException {
        for (int limit : PAGES) {
            byte[] page = read(client, limit, next);
            if (page.length <= MOST_BYTES) {
                return client.getKubernetesSerialization().unmarshal(new ByteArrayInputStream(page), JsonNode.class);
            }
        }
        throw new IOException("the metadata of a pod is larger than " + MOST_BYTES + " bytes");
    }

    private static byte[] read(KubernetesClient client, int limit, String next) throws IOException {
        String query = "limit=" + limit
                + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
        try {
            return BoundedRead.get(client, "api/v1/pods?" + query, ACCEPT, MOST_BYTES, PAGE_WITHIN);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("pods cannot be listed: " + ApiServerFailure.text(e), e);
        }
    }
}

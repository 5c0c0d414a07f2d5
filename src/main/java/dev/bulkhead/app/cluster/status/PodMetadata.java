package dev.bulkhead.app.cluster.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.resource.PagedList;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Lists the metadata of all pods, page by page, which is much less than the pods. */
final class PodMetadata {
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
        try {
            PagedList.forEach(
                    client, "api/v1/pods", "", ACCEPT, item -> consumer.accept(Entry.of(item.path("metadata"))));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("pods cannot be listed: " + ApiServerFailure.text(e), e);
        }
    }
}

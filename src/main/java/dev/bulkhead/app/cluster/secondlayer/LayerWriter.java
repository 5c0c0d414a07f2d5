package dev.bulkhead.app.cluster.secondlayer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.resource.PlainPatch;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;

/** Writes policies. */
final class LayerWriter {
    private final KubernetesClient client;

    LayerWriter(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Creates a policy. Server-side apply, because RBAC can limit it to a name.
     *
     * @throws KubernetesClientException when it is not stored
     */
    JsonNode create(PolicyKind kind, ObjectNode policy) {
        return PlainPatch.patch(
                client,
                List.of(
                        "apis",
                        PolicyKind.GROUP,
                        PolicyKind.VERSION,
                        kind.resource(),
                        policy.at("/metadata/name").asText()),
                PlainPatch.Type.APPLY,
                policy);
    }

    /**
     * Replaces a policy, unless it has changed since it was seen. Server-side apply would leave what others have added.
     *
     * @throws KubernetesClientException when it is not stored
     */
    JsonNode replace(PolicyKind kind, ObjectNode policy, JsonNode seen) {
        GenericKubernetesResource object =
                client.getKubernetesSerialization().convertValue(policy, GenericKubernetesResource.class);
        GenericKubernetesResource stored = client.genericKubernetesResources(kind.policies())
                .resource(object)
                .lockResourceVersion(seen.at("/metadata/resourceVersion").asText())
                .update();
        return client.getKubernetesSerialization().convertValue(stored, JsonNode.class);
    }

    /**
     * Deletes a policy.
     *
     * @throws KubernetesClientException when it is still there
     */
    void delete(PolicyKind kind, String name) {
        try {
            client.genericKubernetesResources(kind.policies()).withName(name).delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }
}

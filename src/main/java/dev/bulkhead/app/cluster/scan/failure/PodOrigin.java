package dev.bulkhead.app.cluster.scan.failure;

import dev.bulkhead.app.cluster.resource.OutermostController;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What a pod belongs to. Who creates a pod can make its owner references up, but only objects of its namespace.
 *
 * @param outermost the outermost controller that is known; the pod itself if it has none
 * @param direct the controller that the pod names, with its uid; the pod itself if it has none
 */
record PodOrigin(String namespace, Owner outermost, ObjectReference direct) {
    static PodOrigin of(Field metadata) {
        String namespace = metadata.get("namespace").textOrEmpty();
        ObjectReference direct = reference(namespace, "v1", KubernetesKind.POD.kind(), metadata);
        for (Field owner : metadata.get("ownerReferences").items()) {
            if (owner.get("controller").isTrue()) {
                direct = reference(
                        namespace,
                        owner.get("apiVersion").textOrEmpty(),
                        owner.get("kind").textOrEmpty(),
                        owner);
            }
        }
        return new PodOrigin(namespace, WorkloadOwners.outermostOfPod(metadata), direct);
    }

    private static ObjectReference reference(String namespace, String apiVersion, String kind, Field named) {
        return new ObjectReferenceBuilder()
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withNamespace(namespace)
                .withName(named.get("name").textOrEmpty())
                .withUid(named.get("uid").textOrEmpty())
                .build();
    }

    /** The outermost controller as events name it; what is between it and the pod if it is not there. Asks the API server. */
    ObjectReference asObject(KubernetesClient client) {
        return new OutermostController(namespace, outermost, direct).find(client);
    }
}

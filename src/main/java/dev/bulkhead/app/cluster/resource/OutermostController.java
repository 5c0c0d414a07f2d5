package dev.bulkhead.app.cluster.resource;

import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.workload.KubernetesKind;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/**
 * What a person would edit, as events name it. A pod names only its ReplicaSet with its uid, by which {@code kubectl
 * describe} finds events; of the Deployment it tells only the name.
 *
 * @param outermost the outermost controller that is known by name; the object itself if it has none
 * @param direct the controller that the object names, with its uid; the object itself if it has none
 */
public record OutermostController(String namespace, Owner outermost, ObjectReference direct) {
    /** The outermost controller with its uid; what is between it and the pod if it is not there. Asks the API server. */
    public ObjectReference find(KubernetesClient client) {
        if (outermost.kind().equals(direct.getKind()) && outermost.name().equals(direct.getName())) {
            return direct;
        }
        if (outermost.kind().equals(KubernetesKind.DEPLOYMENT.kind())) {
            return found(
                    "apps/v1",
                    Optional.ofNullable(client.apps()
                                    .deployments()
                                    .inNamespace(namespace)
                                    .withName(outermost.name())
                                    .get())
                            .map(object -> object.getMetadata()));
        }
        if (outermost.kind().equals(KubernetesKind.CRON_JOB.kind())) {
            return found(
                    "batch/v1",
                    Optional.ofNullable(client.batch()
                                    .v1()
                                    .cronjobs()
                                    .inNamespace(namespace)
                                    .withName(outermost.name())
                                    .get())
                            .map(object -> object.getMetadata()));
        }
        return direct;
    }

    private ObjectReference found(String apiVersion, Optional<ObjectMeta> metadata) {
        return metadata.map(known -> new ObjectReferenceBuilder()
                        .withApiVersion(apiVersion)
                        .withKind(outermost.kind())
                        .withNamespace(namespace)
                        .withName(outermost.name())
                        .withUid(known.getUid())
                        .build())
                .orElse(direct);
    }
}

package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.resource.ApiServerFailure;
import dev.bulkhead.app.cluster.scan.WantedImages.Puller;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Reads the Secrets with which the kubelet pulls a pod's images: those that the pod names, and those of its ServiceAccount.
 * They are read when they are used, and not kept.
 */
final class PodPullSecrets implements Function<Puller, List<byte[]>> {
    private static final Logger LOG = Logger.getLogger(PodPullSecrets.class);

    private static final String TYPE = "kubernetes.io/dockerconfigjson";
    private static final String KEY = ".dockerconfigjson";
    private static final int MOST = 8;

    private final KubernetesClient client;

    PodPullSecrets(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<byte[]> apply(Puller pod) {
        List<byte[]> contents = new ArrayList<>();
        try {
            Set<String> names = new LinkedHashSet<>(pod.secrets());
            names.addAll(ofServiceAccount(pod));
            for (String name : names.stream().limit(MOST).toList()) {
                Optional.ofNullable(client.secrets()
                                .inNamespace(pod.namespace())
                                .withName(name)
                                .get())
                        .flatMap(PodPullSecrets::content)
                        .ifPresent(contents::add);
            }
        } catch (KubernetesClientException e) {
            LOG.warnf("a pull secret could not be read: %s", ApiServerFailure.text(e));
        }
        return contents;
    }

    private List<String> ofServiceAccount(Puller pod) {
        return Optional.ofNullable(client.serviceAccounts()
                        .inNamespace(pod.namespace())
                        .withName(pod.serviceAccount().isEmpty() ? "default" : pod.serviceAccount())
                        .get())
                .flatMap(account -> Optional.ofNullable(account.getImagePullSecrets()))
                .orElse(List.of())
                .stream()
                .map(LocalObjectReference::getName)
                .filter(name -> name != null && !name.isEmpty())
                .toList();
    }

    private static Optional<byte[]> content(Secret secret) {
        return TYPE.equals(secret.getType())
                ? Optional.ofNullable(secret.getData())
                        .flatMap(data -> Optional.ofNullable(data.get(KEY)))
                        .flatMap(PodPullSecrets::decoded)
                : Optional.empty();
    }

    private static Optional<byte[]> decoded(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.RecordedImage;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The images of pods that leave the user to the image, whether they run or not, and for each one of the pods. Of a pod only
 * this is kept. Thread-safe.
 */
final class WantedImages implements ObjectListener {
    /** Pods name one or two. */
    private static final int MOST_SECRETS = 8;

    private final Map<String, Puller> pullers = new HashMap<>();
    private final Map<String, Map<String, Puller>> byImage = new HashMap<>();

    /**
     * A pod that pulls images.
     *
     * @param secrets the names of the Secrets in its namespace that it pulls with, besides those of its ServiceAccount
     */
    record Puller(String namespace, String serviceAccount, List<String> secrets, List<String> images) {
        Puller {
            secrets = List.copyOf(secrets);
            images = List.copyOf(images);
        }
    }

    @Override
    public synchronized void arrived(ObjectNode tree) {
        Field object = Field.root(tree);
        String uid = object.get("metadata").get("uid").textOrEmpty();
        forget(uid);
        Pod pod = Pod.in(object);
        List<String> images = pod.isWindows() ? List.of() : images(pod);
        if (images.isEmpty()) {
            return;
        }
        List<String> secrets = new ArrayList<>();
        for (Field secret : pod.spec().get("imagePullSecrets").items()) {
            String name = secret.get("name").textOrEmpty();
            if (!name.isEmpty() && secrets.size() < MOST_SECRETS) {
                secrets.add(name);
            }
        }
        Puller puller = new Puller(
                object.get("metadata").get("namespace").textOrEmpty(),
                pod.spec().get("serviceAccountName").textOrEmpty(),
                secrets,
                images);
        pullers.put(uid, puller);
        images.forEach(image ->
                byImage.computeIfAbsent(image, key -> new LinkedHashMap<>()).put(uid, puller));
    }

    private static List<String> images(Pod pod) {
        List<String> images = new ArrayList<>();
        if (pod.securityContext().get("runAsUser").isPresent()) {
            return images;
        }
        for (Container container : pod.containers()) {
            if (container.securityContext().get("runAsUser").isAbsent()) {
                ImageReference.parse(container.field().get("image").textOrEmpty())
                        .map(RecordedImage::nameOf)
                        .filter(image -> !images.contains(image))
                        .ifPresent(images::add);
            }
        }
        return images;
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        forget(uid);
    }

    private void forget(String uid) {
        Puller puller = pullers.remove(uid);
        if (puller == null) {
            return;
        }
        for (String image : puller.images()) {
            Map<String, Puller> others = byImage.getOrDefault(image, Map.of());
            if (others.remove(uid) != null && others.isEmpty()) {
                byImage.remove(image);
            }
        }
    }

    /** The images, as {@link RecordedImage#nameOf} has them. */
    synchronized List<String> images() {
        return List.copyOf(byImage.keySet());
    }

    /** One of the pods that pull that image; empty if there is none any more. */
    synchronized Optional<Puller> puller(String image) {
        return byImage.getOrDefault(image, Map.of()).values().stream().findFirst();
    }
}

package dev.bulkhead.engine.image;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerStatuses;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An image of which a container was made, as its pod's status says.
 *
 * @param image the image, as {@link RecordedImage#nameOf} has it
 * @param digest of the image, where the runtime says it
 * @param user as whom the container's first process was started; empty where the pod names the user, or the status does
 *     not
 */
public record ObservedImage(String image, Optional<String> digest, Optional<ObservedUser> user) {
    /** Of pods that the kubelet starts from files on its node. What is in them, and their status, is the node's word alone. */
    private static final String MIRROR = "kubernetes.io/config.mirror";

    /**
     * The images of a stored pod's containers, each by its name and by its digest.
     *
     * <p>A pod's image can be changed while it runs, and then its status is about the image before for a while. So a
     * container counts for the name in the spec only if the status repeats it, and for the digest in the status.
     *
     * @throws MalformedWorkloadException when the pod is not of the form that the API server stores
     */
    public static List<ObservedImage> in(Field object) {
        Pod pod = Pod.in(object);
        if (pod.isWindows()
                || object.get("metadata").get("annotations").get(MIRROR).isPresent()) {
            return List.of();
        }
        Map<String, Field> statuses = ContainerStatuses.byName(object);
        List<ObservedImage> observed = new ArrayList<>();
        for (Container container : pod.containers()) {
            Field status = statuses.get(container.name());
            if (status == null) {
                continue;
            }
            Optional<ImageReference> resolved = resolved(status.get("imageID").textOrEmpty());
            if (resolved.isEmpty() && status.get("containerID").textOrEmpty().isEmpty()) {
                continue;
            }
            Optional<ObservedUser> user = user(pod, container, status);
            Optional<ImageReference> named = named(container, status, resolved);
            Optional<String> digest = resolved.flatMap(ImageReference::digest);
            named.ifPresent(image -> observed.add(new ObservedImage(RecordedImage.nameOf(image), digest, user)));
            resolved.filter(image -> !named.equals(Optional.of(image)))
                    .ifPresent(image -> observed.add(new ObservedImage(RecordedImage.nameOf(image), digest, user)));
        }
        return List.copyOf(observed);
    }

    /** The image that runs, by its digest; some runtimes name only the digest of its configuration, which no pod can. */
    private static Optional<ImageReference> resolved(String imageId) {
        int scheme = imageId.indexOf("://");
        String reference = scheme < 0 ? imageId : imageId.substring(scheme + "://".length());
        return reference.indexOf('@') < 0
                ? Optional.empty()
                : ImageReference.parse(reference)
                        .map(image -> new ImageReference(image.repository(), Optional.empty(), image.digest()));
    }

    /** The image by the name that the pod has for it, if that is the one that runs. */
    private static Optional<ImageReference> named(
            Container container, Field status, Optional<ImageReference> resolved) {
        Optional<ImageReference> wanted =
                ImageReference.parse(container.field().get("image").textOrEmpty());
        if (wanted.flatMap(ImageReference::digest).isPresent()) {
            return wanted.filter(
                            image -> resolved.flatMap(ImageReference::digest).equals(image.digest()))
                    .map(image -> new ImageReference(image.repository(), Optional.empty(), image.digest()));
        }
        Optional<String> running =
                ImageReference.parse(status.get("image").textOrEmpty()).map(RecordedImage::nameOf);
        return wanted.filter(image -> running.equals(Optional.of(RecordedImage.nameOf(image))));
    }

    private static Optional<ObservedUser> user(Pod pod, Container container, Field status) {
        if (isSet(pod, container, "runAsUser")) {
            return Optional.empty();
        }
        Field linux = status.get("user").get("linux");
        Optional<Long> gid = isSet(pod, container, "runAsGroup") ? Optional.empty() : id(linux.get("gid"));
        return id(linux.get("uid")).map(uid -> new ObservedUser.Single(uid, gid));
    }

    private static boolean isSet(Pod pod, Container container, String member) {
        return container.securityContext().get(member).isPresent()
                || pod.securityContext().get(member).isPresent();
    }

    /** A number that a pod could name as well. */
    private static Optional<Long> id(Field field) {
        OptionalLong id = field.integer();
        return id.isPresent() && id.getAsLong() >= 0 && id.getAsLong() <= ObservedUser.LARGEST
                ? Optional.of(id.getAsLong())
                : Optional.empty();
    }
}

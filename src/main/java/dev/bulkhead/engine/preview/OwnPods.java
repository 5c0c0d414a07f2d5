package dev.bulkhead.engine.preview;

import dev.bulkhead.engine.preview.HardenedImages.Tally;
import dev.bulkhead.engine.preview.ObservedPod.ObservedContainer;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the pods of one workload show. Not thread-safe. */
public final class OwnPods {
    private final Map<String, Set<Long>> users = new HashMap<>();
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, String> refusedPaths = new HashMap<>();
    private final HardenedImages byImage = new HardenedImages();
    private final HardenedImages byContainer = new HardenedImages();

    /**
     * Adds a pod.
     *
     * @param bytes how many each container has written to its root file system, by name; only of those that have written
     *     more than the runtime does
     */
    public void add(ObservedPod pod, Map<String, Long> bytes) {
        byImage.add(pod);
        for (ObservedContainer container : pod.containers()) {
            byContainer.add(key(container.name(), container.image()), pod, container);
            container
                    .user()
                    .ifPresent(user -> users.computeIfAbsent(container.name(), name -> new TreeSet<>())
                            .add(user));
        }
        for (ObservedContainer container : pod.containers()) {
            container
                    .fault()
                    .flatMap(ObservedPod.Fault::path)
                    .ifPresent(path -> refusedPaths.putIfAbsent(container.name(), path));
        }
        bytes.forEach((container, count) -> written.merge(container, count, Math::max));
    }

    /** No container's name holds a space. */
    private static String key(String container, String image) {
        return container + " " + image;
    }

    /** As whom that container runs, in order. */
    Set<Long> users(String container) {
        return Collections.unmodifiableSet(users.getOrDefault(container, Collections.emptySet()));
    }

    /** How many bytes it has written to its root file system in one pod at most; 0 if only what the runtime writes. */
    long written(String container) {
        return written.getOrDefault(container, 0L);
    }

    /** Where it failed to write, if it says so. */
    Optional<String> refusedPath(String container) {
        return Optional.ofNullable(refusedPaths.get(container));
    }

    /** How that container fares, with that image, in pods in which the rule filled something in. */
    Tally of(String container, String image, String ruleId) {
        return byContainer.of(key(container, image), ruleId);
    }

    /** How all containers of these pods fare, by image. */
    HardenedImages byImage() {
        return byImage;
    }
}

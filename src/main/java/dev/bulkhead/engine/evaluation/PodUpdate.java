package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The difference between two states of a running pod, as Pod Security Admission defines it. */
final class PodUpdate {
    private final Pod before;
    private final Pod after;
    private final Map<String, String> oldEphemeralImages = new HashMap<>();

    PodUpdate(Pod before, Pod after) {
        this.before = before;
        this.after = after;
        for (Container container : listed(before, ContainerKind.EPHEMERAL)) {
            oldEphemeralImages.putIfAbsent(container.name(), image(container));
        }
    }

    /**
     * Whether the pod must be evaluated again: the number of containers or init containers differs, an image at the
     * same index differs, or an ephemeral container is new or has another image.
     */
    boolean isSignificant() {
        return differ(ContainerKind.REGULAR)
                || differ(ContainerKind.INIT)
                || listed(after, ContainerKind.EPHEMERAL).stream()
                        .anyMatch(container -> !image(container).equals(oldEphemeralImages.get(container.name())));
    }

    /** Whether it is an ephemeral container that the old pod did not have. */
    boolean isAdded(Container container) {
        return container.kind() == ContainerKind.EPHEMERAL && !oldEphemeralImages.containsKey(container.name());
    }

    private boolean differ(ContainerKind kind) {
        List<Container> old = listed(before, kind);
        List<Container> now = listed(after, kind);
        if (old.size() != now.size()) {
            return true;
        }
        for (int i = 0; i < old.size(); i++) {
            if (!image(old.get(i)).equals(image(now.get(i)))) {
                return true;
            }
        }
        return false;
    }

    private static List<Container> listed(Pod pod, ContainerKind kind) {
        return pod.containers().stream()
                .filter(container -> container.kind().list().equals(kind.list()))
                .toList();
    }

    private static String image(Container container) {
        return container.field().get("image").textOrEmpty();
    }
}

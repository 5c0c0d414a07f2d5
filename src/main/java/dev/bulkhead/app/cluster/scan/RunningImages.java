package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.image.ObservedImage;
import dev.bulkhead.engine.image.ObservedUser;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The images that run in the cluster now, and as whom. Of a pod only its images are kept, each of them once for all pods.
 * Thread-safe.
 */
final class RunningImages implements ObjectListener {
    private final Map<String, List<Counted>> byPod = new HashMap<>();
    private final Map<String, Counted> counted = new HashMap<>();
    private boolean changed;

    private static final class Counted {
        private final String key;
        private final ObservedImage image;
        private int pods;

        Counted(String key, ObservedImage image) {
            this.key = key;
            this.image = image;
        }
    }

    @Override
    public synchronized void arrived(ObjectNode pod) {
        Field object = Field.root(pod);
        String uid = object.get("metadata").get("uid").textOrEmpty();
        List<Counted> now = new ArrayList<>(0);
        for (ObservedImage image : ObservedImage.in(object)) {
            now.add(count(image));
        }
        List<Counted> before = now.isEmpty() ? byPod.remove(uid) : byPod.put(uid, now);
        release(before == null ? List.of() : before);
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        List<Counted> before = byPod.remove(uid);
        release(before == null ? List.of() : before);
    }

    private Counted count(ObservedImage image) {
        String key = image.image() + image.user().map(user -> " " + user).orElse("");
        Counted kept = counted.get(key);
        if (kept == null) {
            kept = new Counted(key, image);
            counted.put(key, kept);
            changed = true;
        }
        kept.pods++;
        return kept;
    }

    private void release(List<Counted> images) {
        for (Counted image : images) {
            image.pods--;
            if (image.pods == 0) {
                counted.remove(image.key);
            }
        }
    }

    /** Whether an image runs that did not when this was asked last, or as another user. */
    synchronized boolean takeChange() {
        boolean since = changed;
        changed = false;
        return since;
    }

    /** The change that was taken could not be recorded. */
    synchronized void putBackChange() {
        changed = true;
    }

    /** The images that run, and as whom, where that is known. The caller may change the map. */
    synchronized Map<String, Optional<ObservedUser>> images() {
        Map<String, Optional<ObservedUser>> images = new HashMap<>();
        for (Counted one : counted.values()) {
            images.merge(
                    one.image.image(),
                    one.image.user(),
                    (before, user) -> before.isPresent() && user.isPresent()
                            ? Optional.of(before.get().and(user.get()))
                            : before.or(() -> user));
        }
        return images;
    }
}

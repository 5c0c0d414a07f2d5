package dev.bulkhead.app.cluster.scan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.cluster.watch.ObjectListener;
import dev.bulkhead.engine.image.ObservedImage;
import dev.bulkhead.engine.image.RunningImage;
import dev.bulkhead.engine.image.RunningImage.Version;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The images that run in the cluster now, and as whom. Of a pod only its images are kept, each of them once for all pods of a
 * namespace.
 * Thread-safe.
 */
final class RunningImages implements ObjectListener {
    private final Map<String, List<Counted>> byPod = new HashMap<>();
    private final Map<String, Counted> counted = new HashMap<>();
    private boolean changed;

    private static final class Counted {
        private final String key;
        private final ObservedImage image;
        private final String namespace;
        private String since = "";
        private int pods;

        Counted(String key, ObservedImage image, String namespace) {
            this.key = key;
            this.image = image;
            this.namespace = namespace;
        }
    }

    @Override
    public synchronized void arrived(ObjectNode pod) {
        Field object = Field.root(pod);
        Field metadata = object.get("metadata");
        String uid = metadata.get("uid").textOrEmpty();
        String namespace = metadata.get("namespace").textOrEmpty();
        String created = metadata.get("creationTimestamp").textOrEmpty();
        List<Counted> now = new ArrayList<>(0);
        for (ObservedImage image : ObservedImage.in(object)) {
            now.add(count(image, namespace, created));
        }
        List<Counted> before = now.isEmpty() ? byPod.remove(uid) : byPod.put(uid, now);
        release(before == null ? List.of() : before);
    }

    @Override
    public synchronized void deleted(String namespace, String name, String uid) {
        List<Counted> before = byPod.remove(uid);
        release(before == null ? List.of() : before);
    }

    private Counted count(ObservedImage image, String namespace, String created) {
        String key = namespace + " " + image.image() + " " + image.digest().orElse("")
                + image.user().map(user -> " " + user).orElse("");
        Counted kept = counted.get(key);
        if (kept == null) {
            kept = new Counted(key, image, namespace);
            counted.put(key, kept);
            changed = true;
        }
        kept.pods++;
        if (created.compareTo(kept.since) > 0) {
            kept.since = created;
        }
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

    /** The images that run, by name, and as whom, where that is known. */
    synchronized Map<String, RunningImage> images() {
        Map<String, Map<Optional<String>, Version>> versions = new HashMap<>();
        Map<String, Set<String>> namespaces = new HashMap<>();
        for (Counted one : counted.values()) {
            String name = one.image.image();
            versions.computeIfAbsent(name, image -> new HashMap<>())
                    .merge(
                            one.image.digest(),
                            new Version(one.image.digest(), one.image.user(), one.since),
                            RunningImages::together);
            namespaces.computeIfAbsent(name, image -> new HashSet<>()).add(one.namespace);
        }
        Map<String, RunningImage> images = new HashMap<>();
        versions.forEach((name, of) -> images.put(
                name,
                new RunningImage(
                        List.copyOf(of.values()),
                        namespaces.getOrDefault(name, Set.of()).size())));
        return images;
    }

    private static Version together(Version one, Version other) {
        return new Version(
                one.digest(),
                one.user().map(user -> other.user().map(user::and).orElse(user)).or(other::user),
                one.since().compareTo(other.since()) < 0 ? other.since() : one.since());
    }
}

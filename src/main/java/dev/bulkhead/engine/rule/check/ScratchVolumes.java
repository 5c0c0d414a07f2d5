package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Adds writable volumes to containers with a read-only root filesystem: an emptyDir of its own in each container for
 * every path that the policy or the pod's annotation names. Skips paths that are mounted already or lie below a mount.
 * Used for one hardening pass.
 */
final class ScratchVolumes {
    static final String ANNOTATION = "bulkhead.dev/scratch";

    private static final String NAME = "bulkhead-scratch-";

    /** Limits the paths of an annotation, which may hold 256 KiB. */
    private static final int MOST_PATHS = 32;

    /** Limits the size of the patch for a pod with thousands of containers. */
    static final int MOST_VOLUMES = 256;

    /** PATH_MAX of Linux, without the terminating zero. */
    private static final int LONGEST_PATH = 4095;

    private static final int LONGEST_QUOTE = 80;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final HardeningPass hardening;
    private final Set<String> paths = new LinkedHashSet<>();
    private final Set<String> takenNames = new HashSet<>();
    private int next;
    private int made;

    ScratchVolumes(HardeningPass hardening) {
        this.hardening = hardening;
        if (hardening.podEditable()) {
            hardening.context().settings().scratch().paths().forEach(path -> want(path, "the policy"));
            readAnnotation();
            takeNames(hardening.pod());
        }
    }

    private void readAnnotation() {
        String wanted = hardening.pod().annotation(ANNOTATION).textOrEmpty();
        int entries = 0;
        for (int start = 0; start < wanted.length(); ) {
            int comma = wanted.indexOf(',', start);
            int end = comma < 0 ? wanted.length() : comma;
            String path = wanted.substring(start, end).strip();
            start = end + 1;
            if (path.isEmpty()) {
                continue;
            }
            if (++entries > MOST_PATHS) {
                hardening.note("annotation " + ANNOTATION + " names more than " + MOST_PATHS
                        + " paths; those after them get no scratch volume");
                return;
            }
            want(path, "annotation " + ANNOTATION);
        }
    }

    private void want(String path, String wisher) {
        fault(path)
                .ifPresentOrElse(
                        fault -> hardening.note(
                                wisher + " names " + quoted(path) + ", which gets no scratch volume: " + fault),
                        () -> paths.add(cleaned(path)));
    }

    /** Why the path is not mounted. */
    private static Optional<String> fault(String path) {
        if (path.length() > LONGEST_PATH) {
            return Optional.of("the path is too long");
        }
        String cleaned = cleaned(path);
        if (cleaned.equals("/") || cleaned.equals("/dev") || isIn("/proc", cleaned) || isIn("/sys", cleaned)) {
            return Optional.of("a volume there would hide what the container needs to run");
        }
        return RuleSettings.Scratch.isMountable(path)
                ? Optional.empty()
                : Optional.of("a mount path is absolute, without colon, \"..\" and control characters");
    }

    private static boolean isIn(String directory, String path) {
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    /** The path in quotes, shortened to fit a warning line. */
    private static String quoted(String path) {
        return '"' + SafeText.line(path, LONGEST_QUOTE) + '"';
    }

    /** Reserves the names of all volumes, including those of a StatefulSet's claims, which appear in mounts only. */
    private void takeNames(Pod pod) {
        for (Volume volume : pod.volumes()) {
            takenNames.add(volume.name());
            if (volume.name().startsWith(NAME)) {
                // Added by an earlier pass; the limit includes them.
                made++;
            }
        }
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                takenNames.add(mount.get("name").textOrEmpty());
            }
        }
    }

    /**
     * Adds the volumes that this container lacks to the pod, and their mounts to the container.
     *
     * @return false if the pod would exceed {@link #MOST_VOLUMES}; then nothing is added
     */
    boolean mountIn(Container container) {
        List<String> missing = missingIn(container);
        if (!missing.isEmpty() && made + missing.size() > MOST_VOLUMES) {
            return false;
        }
        made += missing.size();
        for (String path : missing) {
            String name = nextName();
            hardening.append(hardening.pod().spec().get("volumes"), volume(name));
            hardening.append(
                    container.field().get("volumeMounts"),
                    JSON.objectNode().put("name", name).put("mountPath", path));
        }
        return true;
    }

    /** Ephemeral containers can only mount volumes that the pod already has. */
    private List<String> missingIn(Container container) {
        if (container.kind() == ContainerKind.EPHEMERAL) {
            return List.of();
        }
        Set<String> mounted = new HashSet<>();
        for (Field mount : container.volumeMounts()) {
            mounted.add(cleaned(mount.get("mountPath").textOrEmpty()));
        }
        for (Field device : container.field().get("volumeDevices").items()) {
            mounted.add(cleaned(device.get("devicePath").textOrEmpty()));
        }
        return paths.stream().filter(path -> !isCovered(path, mounted)).toList();
    }

    /** Whether the path or a parent of it, other than the root, is mounted. */
    private static boolean isCovered(String path, Set<String> mounted) {
        return mounted.stream().anyMatch(mount -> isIn(mount, path));
    }

    private String nextName() {
        String name;
        do {
            name = NAME + next++;
        } while (!takenNames.add(name));
        return name;
    }

    private ObjectNode volume(String name) {
        RuleSettings.Scratch scratch = hardening.context().settings().scratch();
        ObjectNode emptyDir = JSON.objectNode();
        if (!scratch.medium().isEmpty()) {
            emptyDir.put("medium", scratch.medium());
        }
        emptyDir.put("sizeLimit", scratch.sizeLimit());
        return JSON.objectNode().put("name", name).set("emptyDir", emptyDir);
    }

    /** The path as the node resolves it: absolute, without empty, {@code .} and {@code ..} segments. */
    private static String cleaned(String path) {
        Deque<String> segments = new ArrayDeque<>();
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String segment = path.substring(start, end);
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
            start = end + 1;
        }
        return "/" + String.join("/", segments);
    }
}

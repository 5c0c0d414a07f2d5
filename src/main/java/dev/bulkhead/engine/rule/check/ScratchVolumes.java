package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.AnnotationSize;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageKnowledge.Fact;
import dev.bulkhead.engine.image.ImageKnowledge.Paths;
import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Starts;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Adds writable volumes to containers with a read-only root filesystem: to each container an emptyDir of its own, with a
 * directory in it for every path where there are several. Skips paths that are mounted already or lie below a mount. Used
 * for one hardening pass.
 */
final class ScratchVolumes {
    static final String ANNOTATION = "bulkhead.dev/scratch";

    private static final String NAME = "bulkhead-scratch-";

    private static final String TMP = "/tmp";

    /** Limits the paths of an annotation, which may hold 256 KiB. */
    private static final int MOST_PATHS = 32;

    /** Where nothing lies that a program wants to find again. */
    private static final List<String> PASSING = List.of(TMP, "/run", "/var/run", "/var/cache", "/var/log", "/var/tmp");

    /** Limits the size of the patch for a pod with thousands of containers. */
    static final int MOST_MOUNTS = 256;

    /** PATH_MAX of Linux, without the terminating zero. */
    private static final int LONGEST_PATH = 4095;

    private static final int LONGEST_QUOTE = 80;

    /** Of the cluster autoscaler: the pod's volumes with data on the node that may be lost, separated by commas. */
    static final String EVICTABLE = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

    /** What {@code /tmp} has everywhere: some programs use no directory that others may remove their files from. */
    private static final int STICKY_FOR_EVERYBODY = 01777;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final HardeningPass hardening;
    private final Set<String> paths = new LinkedHashSet<>();
    private final Set<String> takenNames = new HashSet<>();
    private final boolean annotated;
    private final List<String> added = new ArrayList<>(0);
    private int next;
    private int made;

    ScratchVolumes(HardeningPass hardening) {
        this.hardening = hardening;
        this.annotated = hardening.pod().annotation(ANNOTATION).isPresent();
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
        if (isUsable(path, wisher)) {
            paths.add(cleaned(path));
        }
    }

    /** Whether the path gets a volume; if not, a note says why. */
    private boolean isUsable(String path, String wisher) {
        Optional<String> fault = fault(path);
        fault.ifPresent(reason ->
                hardening.note(wisher + " names " + quoted(path) + ", which gets no scratch volume: " + reason));
        return fault.isEmpty();
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
        }
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                String name = mount.get("name").textOrEmpty();
                takenNames.add(name);
                if (name.startsWith(NAME)) {
                    // Added by an earlier pass; the limit includes them.
                    made++;
                }
            }
        }
    }

    /**
     * Adds a volume to the pod for the paths that this container lacks, and their mounts to the container.
     *
     * @return false if the pod would exceed {@link #MOST_MOUNTS}; then nothing is added
     */
    boolean mountIn(Container container) {
        List<String> missing = missingIn(container);
        if (missing.isEmpty()) {
            return true;
        }
        if (made + missing.size() > MOST_MOUNTS) {
            return false;
        }
        made += missing.size();
        String name = nextName();
        added.add(name);
        hardening.append(hardening.pod().spec().get("volumes"), volume(name));
        int directory = 0;
        for (String path : missing) {
            ObjectNode mount = JSON.objectNode().put("name", name).put("mountPath", path);
            if (missing.size() > 1) {
                // Not named after its path, whose parents would be the kubelet's, not the container's, to write to.
                mount.put("subPath", String.valueOf(directory++));
            }
            hardening.append(container.field().get("volumeMounts"), mount);
            if (path.equals(TMP)) {
                noteMode(container);
            }
        }
        return true;
    }

    /** Whether the container's /tmp is one that its program uses depends on what the API server and the kubelet do. */
    private void noteMode(Container container) {
        Optional<ImageReference> image = ImageReference.parse(ContainerUsers.image(container));
        boolean demanding = image.flatMap(hardening.context().settings()::imageSetting)
                .filter(ImageSetting::stickyTmp)
                .isPresent();
        if (!demanding || setsDirectory(container)) {
            return;
        }
        String needs = ": image " + image.orElseThrow() + " uses no /tmp without the sticky bit";
        if (hardening.context().cluster().knowsModeOfEmptyDir()) {
            hardening.note("container \"" + container.name() + "\" starts only if the cluster's feature gate"
                    + " EmptyDirVolumeMode is on" + needs + "; else set TMPDIR to /dev/shm");
        } else {
            hardening.note(
                    Starts.NO,
                    "container \"" + container.name() + "\" will not start" + needs
                            + ", which needs Kubernetes 1.37; set TMPDIR to /dev/shm",
                    "");
        }
    }

    private static boolean setsDirectory(Container container) {
        for (Field variable : container.field().get("env").items()) {
            if (variable.get("name").textOrEmpty().equals("TMPDIR")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Names the volumes that were appended where the cluster autoscaler looks for volumes that may be lost: without it
     * no pod with one could be moved from a node that is to be removed.
     *
     * @see <a href="https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md">Its FAQ</a>
     */
    void letAutoscalerEvict() {
        if (added.isEmpty()) {
            return;
        }
        Field annotation = hardening.pod().annotation(EVICTABLE);
        String names = String.join(",", added);
        Edit.Addition edit = annotation.isAbsent()
                ? new Edit.Fill(annotation, TextNode.valueOf(names))
                : new Edit.Extend(annotation, (annotation.textOrEmpty().isBlank() ? "" : ",") + names);
        if (AnnotationSize.fits(hardening.pod(), List.of(edit))) {
            hardening.add(edit);
        } else {
            hardening.note(
                    Starts.YES,
                    "annotation " + EVICTABLE + " does not name the scratch volumes, because the pod's annotations"
                            + " are too large; the cluster autoscaler will not move the pod",
                    "");
        }
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
        Set<String> wanted = new LinkedHashSet<>(paths);
        Optional<ImageReference> image = ImageReference.parse(ContainerUsers.image(container));
        image.ifPresent(of -> wanted.addAll(writtenBy(of, container, mounted)));
        return wanted.stream().filter(path -> !isCovered(path, mounted)).toList();
    }

    /** Where that image writes: by the policy, else by what is known of it. */
    private List<String> writtenBy(ImageReference image, Container container, Set<String> mounted) {
        RuleContext context = hardening.context();
        Optional<List<String>> set = context.settings().imageSetting(image).flatMap(ImageSetting::scratch);
        if (set.isPresent()) {
            return set.get().stream()
                    .filter(path -> isUsable(path, "the policy"))
                    .map(ScratchVolumes::cleaned)
                    .toList();
        }
        Optional<Fact<Paths>> known = context.cluster().images().find(image).flatMap(ImageKnowledge::paths);
        if (runsAnotherProgram(container)) {
            return known.map(of -> of.value().writes()).orElse(List.of());
        }
        known.ifPresent(of -> of.value().shipsFilesIn().stream()
                .filter(path -> !isCovered(path, mounted))
                .forEach(path -> hardening.note(
                        "container \"" + container.name() + "\" may write to " + path + ", where image " + image
                                + " has files: mount a volume that holds them",
                        of.source())));
        known.ifPresent(of -> noteVolumes(of, image, container, mounted));
        known.ifPresent(of -> noteData(of, container, mounted));
        return known.map(of -> of.value().writes()).orElse(List.of());
    }

    /** An init container with a command of its own prepares something, such as copies of the image's files. */
    private static boolean runsAnotherProgram(Container container) {
        return container.kind() == ContainerKind.INIT
                && container.field().get("command").isPresent();
    }

    /** A runtime copies an image's files into its volumes, unless the pod mounts something there. */
    private void noteVolumes(Fact<Paths> known, ImageReference image, Container container, Set<String> mounted) {
        List<String> empty = known.value().volumes().stream()
                .filter(path -> !paths.contains(path) && !isCovered(path, mounted))
                .toList();
        if (!empty.isEmpty()) {
            hardening.note(
                    "container \"" + container.name() + "\" gets empty scratch at " + String.join(", ", empty)
                            + ", which hides files that image " + image
                            + " may have there; mount a volume that holds them, or, if there are none, name the path"
                            + " in annotation " + ANNOTATION,
                    known.source());
        }
    }

    /** What a program keeps is lost with a scratch volume, and ends the pod where it does not fit into it. */
    private void noteData(Fact<Paths> image, Container container, Set<String> mounted) {
        List<String> data = image.value().writes().stream()
                .filter(path -> PASSING.stream().noneMatch(directory -> isIn(directory, path)))
                .filter(path -> !isCovered(path, mounted))
                .toList();
        if (!data.isEmpty()) {
            hardening.note(
                    Starts.YES,
                    "container \"" + container.name() + "\" keeps what it writes to " + String.join(", ", data)
                            + " only " + limit() + " and until the pod ends; mount a volume there",
                    image.source());
        }
    }

    /** Whether anything says of all paths where that container writes. */
    boolean isKnown(Container container) {
        if (annotated) {
            return true;
        }
        RuleContext context = hardening.context();
        return ImageReference.parse(ContainerUsers.image(container))
                .filter(image -> context.settings()
                                .imageSetting(image)
                                .flatMap(ImageSetting::scratch)
                                .isPresent()
                        || context.cluster()
                                .images()
                                .find(image)
                                .flatMap(ImageKnowledge::paths)
                                .filter(paths -> paths.value().complete())
                                .isPresent())
                .isPresent();
    }

    /** How much fits into a container's volume. */
    private String limit() {
        return "up to " + hardening.context().settings().scratch().sizeLimit();
    }

    /** The paths that every container can write to, and how much; empty if there are none. */
    String everywhere() {
        return paths.isEmpty() ? "" : " and " + String.join(", ", paths) + " (" + limit() + ")";
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
        if (hardening.context().cluster().knowsModeOfEmptyDir()) {
            emptyDir.put("mode", STICKY_FOR_EVERYBODY);
        }
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

package dev.bulkhead.engine.rule.hostpath;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.ClaimedVolume;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A volume that is a directory or file of the node, and what containers get to see of it: a hostPath, also beside another
 * source in the same entry, or a claim of whose volume that is known. It counts although nothing mounts it, because an
 * ephemeral container may come and mount it.
 */
public final class HostPathVolume {
    /** More mounts of one volume than anybody writes; to evaluate each by itself would take too long. */
    private static final int MOST_MOUNTS = 64;

    /** The same for a path that has to be read in several ways for each of its sub-paths. */
    private static final int MOST_SUB_PATHS_OF_MANY_READINGS = 16;

    /** Some names of a path, which are followed in about the time of a step. */
    private static final int CHARACTERS_PER_STEP = 16;

    /** How far a message or a remedy looks for mounts. */
    private static final int MOST_SEARCHED = 1_000;

    private static final List<String> CONTAINER_LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    private static final List<String> OS_LABELS = List.of("kubernetes.io/os", "beta.kubernetes.io/os");

    private final Volume volume;
    private final String path;
    private final boolean onWindows;
    private final List<Mount> mounts;
    private final boolean allMounts;
    private final HostPath whole;
    private final WorkMeter work;

    /**
     * A mount of some volume.
     *
     * @param container the container's name
     * @param json the item of its volumeMounts
     */
    private record Mount(String container, JsonNode json) {
        private String volume() {
            return text(json, "name");
        }
    }

    private HostPathVolume(
            Volume volume, String path, boolean onWindows, List<Mount> mounts, boolean allMounts, WorkMeter work) {
        this.volume = volume;
        this.path = path;
        this.onWindows = onWindows;
        this.mounts = List.copyOf(mounts);
        this.allMounts = allMounts;
        this.work = work;
        work.steps(1 + path.length() / CHARACTERS_PER_STEP);
        this.whole = HostPath.of(path, onWindows);
    }

    public Volume volume() {
        return volume;
    }

    /** The path, as the volume writes it. */
    public String path() {
        return path;
    }

    /** Whether the pod is for Windows. */
    public boolean onWindows() {
        return onWindows;
    }

    /** The pod's hostPath volumes alone, in its order. */
    public static List<HostPathVolume> withoutClaims(Pod pod, RuleContext context) {
        return of(pod, Volume::hostPath, context.work());
    }

    /** The pod's hostPath volumes, and the claims whose volumes are known to be directories of a node, in its order. */
    public static List<HostPathVolume> of(Pod pod, RuleContext context) {
        return of(pod, volume -> volume.hostPath().or(() -> claimedPath(volume, context)), context.work());
    }

    private static Optional<String> claimedPath(Volume volume, RuleContext context) {
        return claim(volume)
                .flatMap(claim -> context.namespace()
                        .flatMap(namespace -> context.cluster().claims().find(namespace, claim)))
                .flatMap(behind ->
                        behind instanceof ClaimedVolume.OfNode of ? Optional.of(of.path()) : Optional.empty());
    }

    private static Optional<String> claim(Volume volume) {
        Field claim = volume.source("persistentVolumeClaim");
        return claim.isPresent() ? Optional.of(claim.get("claimName").textOrEmpty()) : Optional.empty();
    }

    private static List<HostPathVolume> of(Pod pod, Function<Volume, Optional<String>> pathOf, WorkMeter work) {
        Map<Volume, String> paths = new LinkedHashMap<>();
        for (Volume volume : pod.volumes()) {
            pathOf.apply(volume).ifPresent(path -> paths.put(volume, path));
        }
        if (paths.isEmpty()) {
            return List.of();
        }
        Map<String, List<Mount>> byVolume = new HashMap<>();
        for (Mount mount : mountsIn(pod.spec(), Integer.MAX_VALUE)) {
            work.step();
            byVolume.computeIfAbsent(mount.volume(), name -> new ArrayList<>(1)).add(mount);
        }
        boolean onWindows = isForWindows(pod.spec());
        List<HostPathVolume> volumes = new ArrayList<>();
        paths.forEach((volume, path) -> {
            // Names are unique, save in a manifest that is refused anyway: there the first one has the mounts.
            List<Mount> mounts =
                    Optional.ofNullable(byVolume.remove(volume.name())).orElse(List.of());
            volumes.add(new HostPathVolume(volume, path, onWindows, mounts, true, work));
        });
        return volumes;
    }

    /** A volume, from where it stands in its pod. */
    private static HostPathVolume of(Volume volume, String path) {
        Field spec = volume.field().parent().flatMap(Field::parent).orElseThrow();
        List<Mount> searched = mountsIn(spec, MOST_SEARCHED);
        return new HostPathVolume(
                volume,
                path,
                isForWindows(spec),
                searched.stream()
                        .filter(mount -> mount.volume().equals(volume.name()))
                        .toList(),
                searched.size() < MOST_SEARCHED,
                WorkMeter.unlimited());
    }

    private static List<Mount> mountsIn(Field spec, int most) {
        List<Mount> mounts = new ArrayList<>();
        for (String list : CONTAINER_LISTS) {
            for (JsonNode container : spec.get(list).node()) {
                for (JsonNode mount : container.path("volumeMounts")) {
                    if (mounts.size() == most) {
                        return mounts;
                    }
                    mounts.add(new Mount(text(container, "name"), mount));
                }
            }
        }
        return mounts;
    }

    private static String text(JsonNode object, String member) {
        JsonNode value = object.path(member);
        return value.isTextual() ? value.textValue() : "";
    }

    /** Whether the pod says that it is for Windows, or asks to be scheduled there. */
    public static boolean isForWindows(Field spec) {
        JsonNode selector = spec.get("nodeSelector").node();
        return spec.get("os").get("name").textOrEmpty().equals("windows")
                || OS_LABELS.stream().anyMatch(label -> text(selector, label).equals("windows"));
    }

    /** The field that holds the path, or the name of the claim. */
    public Field place() {
        return volume.hostPath().isPresent()
                ? volume.source("hostPath").get("path")
                : volume.source("persistentVolumeClaim").get("claimName");
    }

    /** The paths that containers see; the whole volume as long as nothing mounts it. */
    public List<HostPath> shown() {
        if (mounts.size() > MOST_MOUNTS) {
            return List.of(tooManyMounts());
        }
        Set<String> subPaths = new LinkedHashSet<>();
        mounts.forEach(mount -> subPaths.add(subPath(mount.json())));
        if (subPaths.isEmpty()) {
            return List.of(whole);
        }
        if (whole.hasManyReadings() && subPaths.size() > MOST_SUB_PATHS_OF_MANY_READINGS) {
            return List.of(HostPath.leadingAnywhere("its path has too many readings for so many sub-paths"));
        }
        return subPaths.stream().map(this::below).toList();
    }

    /** The path that a container sees by that mount. */
    public HostPath shownBy(Field mount) {
        return mounts.size() > MOST_MOUNTS ? tooManyMounts() : below(subPath(mount.node()));
    }

    /** Whether the volume of that name is mounted so often that what its mounts show is not evaluated one by one. */
    public static boolean isMountedTooOften(String volume, Field spec) {
        return mountsIn(spec, MOST_SEARCHED).stream()
                        .filter(mount -> mount.volume().equals(volume))
                        .count()
                > MOST_MOUNTS;
    }

    /** The path that a container sees by a mount of a volume with that path. */
    public static HostPath shownBy(Field mount, String path, boolean onWindows) {
        HostPath whole = HostPath.of(path, onWindows);
        String subPath = subPath(mount.node());
        return subPath.isEmpty() ? whole : whole.below(subPath);
    }

    private HostPath below(String subPath) {
        if (subPath.isEmpty()) {
            return whole;
        }
        int read = subPath.length() + (whole.hasManyReadings() ? path.length() : 0);
        work.steps(1 + read / CHARACTERS_PER_STEP);
        return whole.below(subPath);
    }

    private static HostPath tooManyMounts() {
        return HostPath.leadingAnywhere("it is mounted more than " + MOST_MOUNTS + " times");
    }

    /** The mount's subPath; none where the node works it out, since it may then be any. */
    private static String subPath(JsonNode mount) {
        String subPath = text(mount, "subPath");
        return subPath.contains("$(") || !text(mount, "subPathExpr").isEmpty() ? "" : subPath;
    }

    /** Whether it is a claim, and the path its PersistentVolume's. */
    public boolean isClaimed() {
        return volume.hostPath().isEmpty();
    }

    /** Whether a container sees such a file by it. */
    public boolean isAny(NodeFile kind) {
        String type = volume.source("hostPath").get("type").textOrEmpty();
        return shown().stream().anyMatch(path -> NodeFile.of(path, type) == kind);
    }

    /** Why the path cannot be resolved; empty when it can. */
    public Optional<String> doubt() {
        return shown().stream().flatMap(shown -> shown.doubt().stream()).findFirst();
    }

    /** The volume and its path in words. */
    public String label() {
        String claimed = volume.hostPath().isPresent()
                ? ""
                : claim(volume)
                        .map(claim -> "claim \"" + claim + "\", whose PersistentVolume is ")
                        .orElse("");
        return "volume \"" + volume.name() + "\" with " + claimed + label(path, doubt());
    }

    /** A path in words; without itself where it is not fit to be read. */
    public static String label(String path, Optional<String> doubt) {
        return doubt.map(why -> "a hostPath that cannot be resolved (" + why + ")")
                .orElse("hostPath " + (path.isEmpty() ? "\"\"" : path));
    }

    /** Which containers see it, in words. */
    public String audience() {
        Set<String> containers = new LinkedHashSet<>();
        mounts.forEach(mount -> containers.add(mount.container()));
        if (!containers.isEmpty()) {
            return "mounted by " + Wording.named("container", containers);
        }
        return allMounts ? "not mounted yet, but an ephemeral container could mount it" : "mounted or not";
    }

    /** The volume that a finding is about; empty when it is about something else. */
    public static Optional<HostPathVolume> of(Finding finding) {
        return finding.subject() instanceof Subject.OfVolume of
                ? Optional.of(of(of.volume(), of.volume().hostPath().orElse(finding.value())))
                : Optional.empty();
    }
}

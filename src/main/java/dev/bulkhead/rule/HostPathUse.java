package dev.bulkhead.rule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.workload.Field;
import dev.bulkhead.workload.Pod;
import dev.bulkhead.workload.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A hostPath volume, and what containers get to see of it. A hostPath beside another source in the same entry counts,
 * and so does a volume that nothing mounts, because an ephemeral container may come and mount it.
 *
 * @param volume the volume
 * @param path its path, as written
 * @param onWindows whether the pod is for Windows
 * @param mounts its mounts, by every kind of container
 * @param allMounts whether these are all, for certain
 */
record HostPathUse(Volume volume, String path, boolean onWindows, List<Mount> mounts, boolean allMounts) {
    /** More mounts of one volume than anybody writes; to judge each by itself would take too long. */
    private static final int MOST_MOUNTS = 64;

    /** How far a message looks for the containers it names. */
    private static final int MOST_SEARCHED = 1_000;

    private static final List<String> CONTAINER_LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    private static final List<String> OS_LABELS = List.of("kubernetes.io/os", "beta.kubernetes.io/os");

    /**
     * A mount of some volume.
     *
     * @param container the container's name
     * @param json the item of its volumeMounts
     */
    record Mount(String container, JsonNode json) {
        private String volume() {
            return text(json, "name");
        }
    }

    HostPathUse {
        mounts = List.copyOf(mounts);
    }

    /** The pod's hostPath volumes, in its order. */
    static List<HostPathUse> of(Pod pod) {
        if (pod.volumes().stream().noneMatch(volume -> volume.hostPath().isPresent())) {
            return List.of();
        }
        Map<String, List<Mount>> byVolume = new HashMap<>();
        for (Mount mount : mountsIn(pod.spec(), Integer.MAX_VALUE)) {
            byVolume.computeIfAbsent(mount.volume(), name -> new ArrayList<>(1)).add(mount);
        }
        boolean onWindows = isForWindows(pod.spec());
        List<HostPathUse> volumes = new ArrayList<>();
        for (Volume volume : pod.volumes()) {
            Optional<String> path = volume.hostPath();
            if (path.isPresent()) {
                // Names are unique, save in a manifest that is refused anyway: there the first one has the mounts.
                List<Mount> mounts =
                        Optional.ofNullable(byVolume.remove(volume.name())).orElse(List.of());
                volumes.add(new HostPathUse(volume, path.get(), onWindows, mounts, true));
            }
        }
        return volumes;
    }

    /** A volume, from where it stands in its pod. */
    private static HostPathUse of(Volume volume) {
        Field spec = volume.field().parent().flatMap(Field::parent).orElseThrow();
        List<Mount> searched = mountsIn(spec, MOST_SEARCHED);
        return new HostPathUse(
                volume,
                volume.hostPath().orElse(""),
                isForWindows(spec),
                searched.stream()
                        .filter(mount -> mount.volume().equals(volume.name()))
                        .toList(),
                searched.size() < MOST_SEARCHED);
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
    static boolean isForWindows(Field spec) {
        Field selector = spec.get("nodeSelector");
        return spec.get("os").get("name").textOrEmpty().equals("windows")
                || OS_LABELS.stream()
                        .anyMatch(label -> selector.get(label).textOrEmpty().equals("windows"));
    }

    /** The field that holds the path. */
    Field place() {
        return volume.source("hostPath").get("path");
    }

    /** The paths that containers see; the whole volume as long as nothing mounts it. */
    List<HostPath> shown() {
        if (mounts.size() > MOST_MOUNTS) {
            return List.of(tooManyMounts());
        }
        if (mounts.isEmpty()) {
            return List.of(HostPath.of(path, onWindows));
        }
        return mounts.stream()
                .map(mount -> pathShownBy(mount.json(), path))
                .distinct()
                .map(shown -> HostPath.of(shown, onWindows))
                .toList();
    }

    /** The path that a container sees by that mount. */
    HostPath shownBy(Field mount) {
        return mounts.size() > MOST_MOUNTS ? tooManyMounts() : shownBy(mount, path, onWindows);
    }

    /** The path that a container sees by a mount of a volume with that path. */
    static HostPath shownBy(Field mount, String path, boolean onWindows) {
        return HostPath.of(pathShownBy(mount.node(), path), onWindows);
    }

    private static HostPath tooManyMounts() {
        return HostPath.leadingAnywhere("it is mounted more than " + MOST_MOUNTS + " times");
    }

    /** The path with the mount's subPath; without it where the node works it out, since it may then be any. */
    private static String pathShownBy(JsonNode mount, String path) {
        String subPath = text(mount, "subPath");
        boolean known = !subPath.isEmpty()
                && !subPath.contains("$(")
                && text(mount, "subPathExpr").isEmpty();
        return known ? path + "/" + subPath : path;
    }

    /** Why it cannot be told where the path leads; empty when it can. */
    Optional<String> doubt() {
        return shown().stream().flatMap(shown -> shown.doubt().stream()).findFirst();
    }

    /** The volume and its path in words. */
    String label() {
        return "volume \"" + volume.name() + "\" with " + label(path, doubt());
    }

    /** A path in words; without itself where it is not fit to be read. */
    static String label(String path, Optional<String> doubt) {
        return doubt.map(why -> "a hostPath that cannot be judged (" + why + ")")
                .orElse("hostPath " + (path.isEmpty() ? "\"\"" : path));
    }

    /** Which containers see it, in words. */
    String audience() {
        Set<String> containers = new LinkedHashSet<>();
        mounts.forEach(mount -> containers.add(mount.container()));
        if (!containers.isEmpty()) {
            return "mounted by " + Phrases.named("container", containers);
        }
        return allMounts ? "not mounted yet, but an ephemeral container could mount it" : "mounted or not";
    }

    /** The volume that a finding is about; empty when it is about something else. */
    static Optional<HostPathUse> of(Finding finding) {
        return finding.subject() instanceof Subject.OfVolume of ? Optional.of(of(of.volume())) : Optional.empty();
    }
}

package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.hostpath.HostPath;
import dev.bulkhead.engine.rule.hostpath.HostPathCel;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.rule.hostpath.NodeFile;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Devices bypass file permissions: a block device with the node's disk exposes all of its files, and every other device
 * exposes a kernel driver.
 *
 * <p>Fields: {@code volumeDevices[*]} of every container; {@code volumes[*].hostPath.path} and {@code type}, with {@code
 * volumeMounts[*].subPath} and {@code subPathExpr} of every container. Allowed: no raw block device; a hostPath that is
 * not /dev and lies neither above nor below it, by whatever name, and whose type is not CharDevice or BlockDevice; a
 * path above /dev, where all its mounts have a plain subPath that leads elsewhere. Versions: all.
 */
final class HostDevices extends BulkheadRule {
    private static final HostPath.Place DEV = HostPath.Place.of("/dev");

    private static final Set<String> DEVICE_TYPES = Set.of("CharDevice", "BlockDevice");

    private static final String EVERY_CONTAINER_HAS_IT = "remove the volume and its mounts: every container has it";

    /** Substitutes for files below /dev that need no device plugin. */
    private static final Map<String, String> SUBSTITUTES = Map.ofEntries(
            Map.entry("/dev/shm", "replace hostPath by an emptyDir with medium Memory"),
            Map.entry("/dev/hugepages", "replace hostPath by an emptyDir with medium HugePages"),
            Map.entry("/dev/mqueue", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/log", "remove the volume and its mounts, and write the log to standard output"),
            Map.entry("/dev/full", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/null", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/random", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/tty", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/urandom", EVERY_CONTAINER_HAS_IT),
            Map.entry("/dev/zero", EVERY_CONTAINER_HAS_IT));

    /** The media of those that are emptyDirs. */
    private static final Map<String, String> MEDIA = Map.of("/dev/shm", "Memory", "/dev/hugepages", "HugePages");

    public HostDevices() {
        super(
                RuleInfo.bulkhead(
                        "hostDevices",
                        Layer.HOST,
                        Severity.CRITICAL,
                        "Device of the node",
                        "No container may use the node's devices or a raw block device.",
                        CIS.control("5.2.11", "Minimize the admission of HostPath volumes")),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "remove the volume and its mounts, and ask for the device in resources.limits, from a device plugin, or by"
                            + " a resource claim")
            .volumes(HostPathCel.volumesShowing(
                    HostPathCel.reaches(List.of(DEV)) + " || h.type in " + Cel.set(DEVICE_TYPES)))
            .containers("c.?volumeDevices.orValue([]).map(d, d.name)")
            .readingHostPaths()
            .but(HostPathCel.CLAIMS)
            .but(HostPathCel.WINDOWS);

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (HostPathVolume hostPath : HostPathVolume.of(pod, context)) {
            Field type = hostPath.volume().source("hostPath").get("type");
            Optional<Field> place = Optional.empty();
            if (hostPath.shown().stream().anyMatch(path -> path.reaches(DEV) || path.isWindowsDevice())) {
                place = Optional.of(hostPath.place());
            } else if (DEVICE_TYPES.contains(type.textOrEmpty())) {
                place = Optional.of(type);
            }
            place.ifPresent(
                    field -> found.accept(Finding.unsafe(this, Subject.of(hostPath.volume()), field, hostPath.path())));
        }
        for (Container container : pod.containers()) {
            for (Field device : container.field().get("volumeDevices").items()) {
                String volume = device.get("name").textOrEmpty();
                found.accept(Finding.unsafe(this, Subject.of(container), device, volume));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> users = new ArrayList<>();
        List<String> volumes = Wording.volumesOf(findings);
        if (!volumes.isEmpty()) {
            users.add(Wording.named("volume", volumes));
        }
        if (!Wording.containersOf(findings).isEmpty()) {
            users.add(Wording.containers(findings));
        }
        return new PodSummary(
                "host devices", String.join(" and ", users) + " must not use devices of the node or raw block devices");
    }

    @Override
    public String message(Finding finding) {
        return HostPathVolume.of(finding)
                .map(hostPath -> hostPath.label() + " " + claim(finding, hostPath) + "; " + hostPath.audience())
                .orElseGet(() -> Wording.containers(List.of(finding)) + " must not use volume \"" + finding.value()
                        + "\" as a raw block device");
    }

    private static String claim(Finding finding, HostPathVolume hostPath) {
        if (finding.place().name().equals("type")) {
            return "is a device of the node by its type " + finding.place().textOrEmpty();
        }
        return hostPath.doubt().isPresent() ? "may reach any device of the node" : "reaches devices of the node";
    }

    @Override
    public Remedy remedy(Finding finding) {
        Optional<HostPathVolume> hostPath = HostPathVolume.of(finding);
        if (hostPath.isEmpty()) {
            return Remedy.of(
                    "remove the entry of volumeDevices and mount a claim whose volumeMode is Filesystem",
                    new Edit.Remove(finding.place()));
        }
        if (hostPath.get().isClaimed()) {
            return new Remedy("use a claim that is bound to another PersistentVolume", RemedyParts.removal(finding));
        }
        if (hostPath.get().doubt().isPresent()) {
            return new Remedy(
                    "write hostPath.path so that it can be resolved, or remove the volume and its mounts",
                    RemedyParts.removal(finding));
        }
        if (hostPath.get().isAny(NodeFile.PARENT)) {
            return new Remedy(
                    "remove the volume and its mounts, or set hostPath.path to the directory below it that is needed",
                    RemedyParts.removal(finding));
        }
        return hostPath.get().shown().stream()
                .flatMap(path -> path.plain().stream())
                .filter(SUBSTITUTES::containsKey)
                .findFirst()
                .map(path -> substitute(finding, path))
                .orElseGet(() -> new Remedy(
                        "remove the volume and its mounts, and ask for the device in resources.limits, from a device plugin,"
                                + " or by a resource claim",
                        RemedyParts.removal(finding)));
    }

    private static Remedy substitute(Finding finding, String path) {
        String medium = MEDIA.getOrDefault(path, "");
        return new Remedy(
                SUBSTITUTES.getOrDefault(path, ""),
                medium.isEmpty()
                        ? RemedyParts.removal(finding)
                        : context -> finding.subject() instanceof Subject.OfVolume of
                                ? RemedyParts.emptyDirInPlaceOf(of.volume(), "hostPath", medium)
                                : List.of());
    }
}

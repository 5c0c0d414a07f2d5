package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.rule.hostpath.NodeFile;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A hostPath volume exposes the node's file system to the container: its files, its sockets, other pods' data.
 *
 * <p>Fields: {@code spec.volumes[*].hostPath}. Allowed: absent. Versions: all; at restricted, restrictedVolumes
 * reports it; Bulkhead's own profiles report it by this rule, so that an exemption can name paths.
 */
final class HostPathVolumes extends PodSecurityRule {
    HostPathVolumes() {
        super(RuleInfo.baseline(
                "hostPathVolumes",
                Layer.HOST,
                Severity.HIGH,
                "hostPath volume",
                "A pod may not mount files or directories of the node.",
                POD_SECURITY.control("HostPath Volumes"),
                CIS.control("5.2.11", "Minimize the admission of HostPath volumes"),
                NSA_CISA.control("Pod security enforcement"),
                ATTACK.control("T1611", "Escape to Host")));
    }

    private static final Set<String> FILE_TYPES = Set.of("File", "FileOrCreate");

    private static final CelCheck CEL = CelCheck.fix(
                    "use a volume that is not the host's, such as emptyDir, configMap, secret or persistentVolumeClaim")
            .volumes("v.?hostPath.optMap(h, [h.?path.orValue('')]).orValue([])");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Volume volume : pod.volumes()) {
            volume.hostPath()
                    .ifPresent(path ->
                            found.accept(Finding.unsafe(this, Subject.of(volume), volume.source("hostPath"), path)));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary("hostPath volumes", Wording.named("volume", Wording.volumesOf(findings)));
    }

    @Override
    public String message(Finding finding) {
        return Wording.named("volume", Wording.volumesOf(List.of(finding))) + " must not mount the host's "
                + (finding.value().isEmpty() ? "files" : finding.value());
    }

    @Override
    public Remedy remedy(Finding finding) {
        Optional<HostPathVolume> hostPath = HostPathVolume.of(finding);
        if (hostPath.filter(use -> use.isAny(NodeFile.SOCKET)).isPresent()) {
            return new Remedy(
                    "remove the volume and its mounts: no other kind of volume leads to a socket of the node",
                    RemedyParts.removal(finding));
        }
        if (hostPath.filter(use -> use.isAny(NodeFile.DEVICE)).isPresent()) {
            return new Remedy(
                    "remove the volume and its mounts: devices come from a device plugin or by a resource claim",
                    RemedyParts.removal(finding));
        }
        return new Remedy(
                "use a volume that is not the host's, such as emptyDir, configMap, secret or persistentVolumeClaim",
                context -> replacement(finding));
    }

    /** Replaces the volume by an emptyDir; no edit for a mounted file, since an emptyDir is a directory. */
    static List<Edit> replacement(Finding finding) {
        if (!(finding.subject() instanceof Subject.OfVolume of)) {
            return List.of();
        }
        Volume volume = of.volume();
        boolean file = FILE_TYPES.contains(volume.source("hostPath").get("type").textOrEmpty());
        return file
                ? RemedyParts.remove(finding, List.of(volume))
                : RemedyParts.emptyDirInPlaceOf(volume, "hostPath", "");
    }
}

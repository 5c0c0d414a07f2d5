package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
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
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Volumes of the older types name servers, disks and credentials in the pod itself, without the administrators who
 * provide storage. Their drivers run in the kubelet.
 *
 * <p>Fields: {@code spec.volumes[*]}. Allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, image,
 * persistentVolumeClaim, projected, secret. Versions: all.
 */
final class RestrictedVolumes extends PodSecurityRule {
    RestrictedVolumes() {
        super(RuleInfo.restricted(
                "restrictedVolumes",
                Layer.FILESYSTEM,
                Severity.MEDIUM,
                "Volume type that is not allowed",
                "A pod may use only configuration, scratch, claim, CSI and image volumes.",
                POD_SECURITY.control("Volume Types"),
                CIS.control("5.2.11", "Minimize the admission of HostPath volumes")));
    }

    private static final List<String> ALLOWED = List.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");
    /** In the order of Pod Security Admission, which matters where a volume has several. */
    private static final List<String> RESTRICTED = List.of(
            "hostPath",
            "gcePersistentDisk",
            "awsElasticBlockStore",
            "gitRepo",
            "nfs",
            "iscsi",
            "glusterfs",
            "rbd",
            "flexVolume",
            "cinder",
            "cephfs",
            "flocker",
            "fc",
            "azureFile",
            "vsphereVolume",
            "quobyte",
            "azureDisk",
            "photonPersistentDisk",
            "portworxVolume",
            "scaleIO",
            "storageos");

    private static final CelCheck CEL = CelCheck.fix("use one of " + String.join(", ", ALLOWED))
            .volumes("(" + Cel.lines(ALLOWED, 0) + ".exists(t, t in v) ? [] : [(" + Cel.lines(RESTRICTED, 0)
                    + ".filter(t, t in v) + ['unknown'])[0]])");

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(0, this::check).inCel(CEL).replacing("hostPathVolumes"));
    }

    /** Its own rule reports a hostPath volume, with its path. */
    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.of(Action.DENY).except("hostPath", Action.OFF);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Volume volume : pod.volumes()) {
            if (first(ALLOWED, volume).isEmpty()) {
                Optional<String> type = first(RESTRICTED, volume);
                Field place = type.map(volume::source).orElse(volume.field());
                found.accept(Finding.unsafe(this, Subject.of(volume), place, type.orElse("unknown")));
            }
        }
    }

    private static Optional<String> first(List<String> types, Volume volume) {
        return types.stream().filter(type -> volume.source(type).isPresent()).findFirst();
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        List<String> volumes = Wording.volumesOf(findings);
        return new PodSummary(
                "restricted volume types",
                Wording.named("volume", volumes)
                        + Wording.plural(volumes.size(), " uses ", " use ")
                        + Wording.named("restricted volume type", Wording.sorted(Finding.values(findings))));
    }

    @Override
    public String message(Finding finding) {
        return Wording.named("volume", Wording.volumesOf(List.of(finding))) + " must not use restricted volume type "
                + Wording.quoted(List.of(finding.value()));
    }

    @Override
    public Remedy remedy(Finding finding) {
        return switch (finding.value()) {
            case "hostPath" ->
                new Remedy("use one of " + String.join(", ", ALLOWED), context -> HostPathVolumes.replacement(finding));
            case "unknown" -> new Remedy("use one of " + String.join(", ", ALLOWED), RemedyParts.removal(finding));
            case "gitRepo" ->
                new Remedy(
                        "use an emptyDir, into which an init container clones the repository",
                        context -> finding.subject() instanceof Subject.OfVolume of
                                ? RemedyParts.emptyDirInPlaceOf(of.volume(), "gitRepo", "")
                                : List.of());
            case "flexVolume" ->
                new Remedy("use the storage's CSI driver, by a persistentVolumeClaim", RemedyParts.removal(finding));
            default ->
                new Remedy(
                        "use a persistentVolumeClaim, bound to a PersistentVolume of that storage",
                        RemedyParts.removal(finding));
        };
    }
}

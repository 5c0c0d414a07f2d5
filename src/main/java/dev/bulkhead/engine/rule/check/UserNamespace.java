package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Without a user namespace of its own, a pod's root is the node's root: a process that escapes from the container, or
 * reaches the runtime's daemon, has root's rights there.
 *
 * <p>Fields: {@code spec.hostUsers}, {@code spec.runtimeClassName}. Allowed: false; unset in a sandbox, whose users are not
 * the node's, and whose runtime does not start with a user namespace. Versions: where the cluster has user namespaces;
 * not on Windows pods.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/">User namespaces</a>
 */
final class UserNamespace extends BulkheadRule implements HardeningRule {
    static final String ID = "userNamespace";

    /** From 1.35 on, these checks do not apply to pods with a user namespace. */
    private static final List<String> RELAXED =
            List.of("procMount", "procMount_restricted", "runAsNonRoot", "runAsUser");

    private static final List<String> HOST_NAMESPACES = List.of("hostNetwork", "hostPID", "hostIPC");

    /** The most volumes that a note names. */
    private static final int MOST_NAMED = 5;

    UserNamespace() {
        super(
                RuleInfo.bulkhead(
                        ID,
                        Layer.DAEMON,
                        Severity.LOW,
                        "No user namespace",
                        "A pod must run in a user namespace of its own."),
                RuleAction.of(Action.AUDIT),
                RuleAction.of(Action.HARDEN));
    }

    private static CelCheck cel(RuleSettings settings, ClusterCapabilities cluster) {
        CelCheck cel = CelCheck.fix("set spec.hostUsers to false");
        return cluster.hasUserNamespaces()
                ? cel.pod(Cel.when("!p.windows && p.spec.?hostUsers.orValue(false)", "host"))
                        .unsetInPod(
                                "!p.windows && !p.spec.?hostUsers.hasValue()"
                                        + "\n && !(p.spec.?runtimeClassName.orValue('') in "
                                        + Cel.list(settings.sandboxClasses()) + ")",
                                "host")
                : cel;
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(0, this::check).inCel(UserNamespace::cel));
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field hostUsers = pod.spec().get("hostUsers");
        if (context.cluster().hasUserNamespaces()
                && !pod.isWindows()
                && !hostUsers.isFalse()
                && !(hostUsers.isAbsent() && SandboxRuntime.isSandboxed(pod, context.settings()))) {
            found.accept(new Finding(this, Subject.pod(), hostUsers, "host", hostUsers.isAbsent()));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary("host user namespace", "pod must set hostUsers=false");
    }

    @Override
    public Remedy remedy(Finding finding) {
        List<Volume> unmapped = new ArrayList<>();
        for (Field item : finding.place().parent().orElseThrow().get("volumes").items()) {
            Volume volume = Volume.of(item);
            if (IdMapping.of(volume).answer() == IdMapping.Answer.NO) {
                unmapped.add(volume);
            }
        }
        return new Remedy(
                unmapped.isEmpty()
                        ? "set spec.hostUsers to false"
                                + (finding.unset() ? "" : ", or remove it where the pod runs in a sandbox")
                        : "set spec.hostUsers to false, and replace "
                                + Wording.named(
                                        "volume",
                                        unmapped.stream().map(Volume::name).toList())
                                + " by one whose file system maps ids, such as ext4 or xfs on a block device",
                context -> SandboxRuntime.isSandboxed(RemedyParts.podOf(finding), context.settings())
                        ? List.of(new Edit.Remove(finding.place()))
                        : edits(finding, unmapped));
    }

    /**
     * The API server rejects false together with a host namespace; the kubelet cannot mount volumes without ID
     * mapping.
     */
    private static List<Edit> edits(Finding finding, List<Volume> unmapped) {
        List<Edit> edits = RemedyParts.remove(finding, unmapped);
        edits.add(Edit.set(finding.place(), BooleanNode.FALSE));
        for (String namespace : HOST_NAMESPACES) {
            Field shared = RemedyParts.specOf(finding).get(namespace);
            if (shared.isTrue()) {
                edits.add(new Edit.Replace(shared, BooleanNode.FALSE));
            }
        }
        return edits;
    }

    /**
     * Leaves pods alone that have just been given a sandbox: the rule finds nothing in them any more. Skips pods that use a
     * host namespace, which the API server rejects together with false; pods with block devices or file systems without ID
     * mapping, whose containers would not start; and pods that would be admitted with root only because of the user
     * namespace.
     */
    @Override
    public void harden(HardeningPass hardening) {
        if (hardening.open().isEmpty()) {
            return;
        }
        if (hardening.hasFilled(SandboxRuntime.ID)) {
            hardening.open().forEach(finding -> hardening.skip(finding, "a sandbox has users of its own"));
            // They are no findings any more in the pod with the sandbox.
            return;
        }
        Optional<String> obstacle = hardening.mayFillPod(id())
                ? obstacle(hardening.pod(), hardening.context())
                        .or(() -> RELAXED.stream()
                                .filter(hardening::isDenied)
                                .findFirst()
                                .map(rule -> "a user namespace would excuse what " + rule + " denies"))
                : Optional.of("only a pod that is being created can be given a user namespace");
        for (Finding finding : hardening.open()) {
            obstacle.ifPresentOrElse(
                    reason -> hardening.skip(finding, reason),
                    () -> hardening.fill(finding.place(), BooleanNode.FALSE));
        }
        if (obstacle.isEmpty()) {
            hardening.relax(RELAXED);
            noteUnknown(hardening);
        }
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        return CelFilling.inexpressible("CEL does not see whether the volumes behind claims map ids");
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return cluster.hasUserNamespaces() ? CelNeed.ofPod("!s.?hostUsers.hasValue()") : CelNeed.NOTHING;
    }

    private static void noteUnknown(HardeningPass hardening) {
        List<String> unknown = hardening.pod().volumes().stream()
                .filter(volume -> IdMapping.of(volume, hardening.context()).answer() == IdMapping.Answer.UNKNOWN)
                .map(Volume::name)
                .toList();
        if (!unknown.isEmpty()) {
            hardening.note("hostUsers is set to false; the containers start only if "
                    + Wording.named("volume", unknown.subList(0, Math.min(unknown.size(), MOST_NAMED)))
                    + (unknown.size() > MOST_NAMED ? " and " + (unknown.size() - MOST_NAMED) + " more" : "")
                    + Wording.plural(unknown.size(), " has", " have")
                    + " a file system that maps ids, as ext4 and xfs do, and NFS, SMB and FUSE do not");
        }
    }

    private static Optional<String> obstacle(Pod pod, RuleContext context) {
        for (String namespace : HOST_NAMESPACES) {
            if (pod.spec().get(namespace).isTrue()) {
                return Optional.of("the API server accepts no user namespace beside " + namespace);
            }
        }
        if (pod.containers().stream()
                .anyMatch(container ->
                        !container.field().get("volumeDevices").items().isEmpty())) {
            return Optional.of("raw block devices do not work in a user namespace");
        }
        for (Volume volume : pod.volumes()) {
            IdMapping mapping = IdMapping.of(volume, context);
            if (mapping.answer() == IdMapping.Answer.NO) {
                return Optional.of(Wording.named("volume", List.of(volume.name())) + " " + mapping.what()
                        + ", which does not map ids and cannot be mounted in a user namespace");
            }
        }
        return Optional.empty();
    }
}

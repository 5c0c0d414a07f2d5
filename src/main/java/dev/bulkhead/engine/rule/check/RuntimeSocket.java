package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

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
import dev.bulkhead.engine.rule.hostpath.ControlSocket;
import dev.bulkhead.engine.rule.hostpath.HostPath;
import dev.bulkhead.engine.rule.hostpath.HostPathCel;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.rule.hostpath.NodeFile;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Any process that can connect to the control socket of a container runtime or of the kubelet is root on the node: one
 * request starts a privileged container, without the API server. A read-only mount does not help: it prevents writes to
 * files, not connections to sockets.
 *
 * <p>Fields: {@code volumes[*].hostPath.path}; {@code volumeMounts[*].subPath} and {@code subPathExpr} of every
 * container. Allowed: paths that are no {@link ControlSocket} and lie neither above nor below one, by whatever name; a
 * path above one, where all its mounts have a plain subPath that leads elsewhere. Versions: all.
 */
final class RuntimeSocket extends BulkheadRule {

    public RuntimeSocket() {
        super(
                RuleInfo.bulkhead(
                        "runtimeSocket",
                        Layer.HOST,
                        Severity.CRITICAL,
                        "Control socket of a container runtime or the kubelet",
                        "No container may reach the control socket of a container runtime or of the kubelet.",
                        CIS.control("5.2.11", "Minimize the admission of HostPath volumes"),
                        NSA_CISA.control("Pod security enforcement"),
                        ATTACK.control("T1611", "Escape to Host")),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("remove the volume and its mounts")
            .volumes(HostPathCel.volumesShowing(HostPathCel.reaches(
                    ControlSocket.ALL.stream().map(ControlSocket::place).toList())))
            .readingHostPaths()
            .but(HostPathCel.CLAIMS)
            .but(HostPathCel.WINDOWS);

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (HostPathVolume hostPath : HostPathVolume.of(pod, context)) {
            List<HostPath> shown = hostPath.shown();
            if (ControlSocket.ALL.stream().anyMatch(socket -> socket.isReachedBy(shown))) {
                found.accept(Finding.unsafe(this, Subject.of(hostPath.volume()), hostPath.place(), hostPath.path()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "runtime sockets",
                Wording.named("volume", Wording.volumesOf(findings))
                        + " must not reach the control socket of a container runtime or of the kubelet");
    }

    @Override
    public String message(Finding finding) {
        return HostPathVolume.of(finding)
                .map(hostPath -> hostPath.label() + " reaches " + reachedBy(hostPath) + "; " + hostPath.audience()
                        + "; readOnly does not prevent connecting")
                .orElseGet(() -> super.message(finding));
    }

    private static String reachedBy(HostPathVolume hostPath) {
        if (hostPath.doubt().isPresent()) {
            return "possibly any control socket";
        }
        List<HostPath> shown = hostPath.shown();
        List<ControlSocket> reached = ControlSocket.ALL.stream()
                .filter(socket -> socket.isReachedBy(shown))
                .toList();
        if (reached.isEmpty()) {
            return "a control socket";
        }
        String first = "the control socket of " + reached.get(0).label();
        return reached.size() == 1 ? first : first + " and " + (reached.size() - 1) + " more";
    }

    @Override
    public Remedy remedy(Finding finding) {
        Optional<HostPathVolume> hostPath = HostPathVolume.of(finding);
        if (hostPath.filter(HostPathVolume::isClaimed).isPresent()) {
            return new Remedy("use a claim that is bound to another PersistentVolume", RemedyParts.removal(finding));
        }
        boolean holdsOthers = hostPath.filter(use -> use.isAny(NodeFile.PARENT)).isPresent();
        return new Remedy(
                holdsOthers
                        ? "remove the volume and its mounts, or set hostPath.path to the directory below it that is needed, where"
                                + " no control socket is"
                        : "remove the volume and its mounts; build images with rootless BuildKit or Buildah, and ask the Kubernetes"
                                + " API instead of the runtime",
                RemedyParts.removal(finding));
    }
}

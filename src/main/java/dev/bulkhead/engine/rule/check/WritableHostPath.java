package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Write access to the node's files means code execution on the node: a file in /etc/cron.d, a key in /root/.ssh, a
 * manifest in /etc/kubernetes/manifests. A symbolic link in a writable /var/log makes the kubelet serve any file.
 *
 * <p>A read-only bind mount is read-only for the file system at its top; those mounted below it stay writable, unless
 * the mount is recursively read-only (KEP-3857). The rule requires that too where nodes mount file systems by default.
 * {@code IfPossible} is not enough: on a node without support it silently becomes a plain read-only mount. Windows has
 * no recursive read-only mounts, so Windows pods need none.
 *
 * <p>Fields: {@code volumes[*].hostPath.path}; {@code volumeMounts[*].readOnly}, {@code recursiveReadOnly}, {@code
 * subPath} and {@code subPathExpr} of every container. Allowed: readOnly true, and at, above or below a directory that
 * holds mounted file systems also recursiveReadOnly Enabled. Versions: all.
 */
final class WritableHostPath extends BulkheadRule {
    /** Where nodes have file systems mounted by default. */
    private static final List<HostPath.Place> MOUNTS = Stream.of(
                    "/boot/efi",
                    "/dev",
                    "/media",
                    "/mnt",
                    // Writing to binfmt_misc registers an interpreter that the node runs.
                    "/proc/sys/fs/binfmt_misc",
                    "/run/containerd",
                    "/run/crio",
                    "/run/docker",
                    "/run/k0s",
                    "/run/k3s",
                    "/run/media",
                    "/run/user",
                    "/sys/firmware/efi/efivars",
                    // bpf, cgroup, fuse, pstore, selinux
                    "/sys/fs",
                    // config, debug, security, tracing
                    "/sys/kernel",
                    "/var/lib/containers",
                    "/var/lib/docker",
                    "/var/lib/k0s/kubelet",
                    "/var/lib/kubelet/plugins",
                    "/var/lib/kubelet/pods",
                    "/var/lib/nfs/rpc_pipefs",
                    "/var/snap/microk8s/common/var/lib/kubelet")
            .map(HostPath.Place::of)
            .toList();

    public WritableHostPath() {
        super(
                RuleInfo.bulkhead(
                        "writableHostPath",
                        Layer.HOST,
                        Severity.CRITICAL,
                        "Writable hostPath mount",
                        "A directory of the node may be mounted only read-only, and so may what is mounted below it.",
                        CIS.control("5.2.11", "Minimize the admission of HostPath volumes"),
                        NSA_CISA.control("Pod security enforcement"),
                        ATTACK.control("T1611", "Escape to Host")),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("set readOnly to true, and recursiveReadOnly to Enabled")
            .containers("p.hostPaths.filter(h, c.?volumeMounts.orValue([]).exists(m, m.name == h.name\n"
                    + "  && (!m.?readOnly.orValue(false)\n"
                    + "    || !h.windows && m.?recursiveReadOnly.orValue('') != 'Enabled'\n"
                    + "      && " + HostPathCel.plain("[" + HostPathCel.SHOWN_BY_MOUNT + "]", "h.windows") + "\n"
                    + "        .exists(x, " + HostPathCel.reaches(MOUNTS) + "))))\n"
                    + ".map(h, h.path)")
            .readingHostPaths()
            .but(HostPathCel.WINDOWS);

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Map<String, HostPathVolume> hostPaths = new HashMap<>();
        HostPathVolume.withoutClaims(pod, context)
                .forEach(hostPath -> hostPaths.putIfAbsent(hostPath.volume().name(), hostPath));
        if (hostPaths.isEmpty()) {
            return;
        }
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                HostPathVolume hostPath = hostPaths.get(mount.get("name").textOrEmpty());
                if (hostPath == null) {
                    continue;
                }
                Subject subject = Subject.of(container);
                Field recursive = mount.get("recursiveReadOnly");
                if (!mount.get("readOnly").isTrue()) {
                    found.accept(Finding.unsafe(this, subject, mount.get("readOnly"), hostPath.path()));
                } else if (!recursive.textOrEmpty().equals("Enabled") && hasMountsBelow(hostPath, mount)) {
                    found.accept(Finding.unsafe(this, subject, recursive, hostPath.path()));
                }
            }
        }
    }

    private static boolean hasMountsBelow(HostPathVolume hostPath, Field mount) {
        return !hostPath.onWindows() && hasMountsBelow(hostPath.shownBy(mount));
    }

    private static boolean hasMountsBelow(HostPath shown) {
        return MOUNTS.stream().anyMatch(shown::reaches);
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "writable hostPath", Wording.containers(findings) + " must mount hostPath volumes read-only");
    }

    @Override
    public String message(Finding finding) {
        Field mount = finding.place().parent().orElseThrow();
        Optional<String> doubt = HostPath.of(finding.value(), false).doubt();
        return Wording.containers(List.of(finding)) + " mounts " + HostPathVolume.label(finding.value(), doubt)
                + (isReadOnlyAtTheTop(finding)
                        ? " read-only, but file systems mounted below it stay writable"
                        : " writable")
                + " (volume " + Wording.quoted(List.of(mount.get("name").textOrEmpty())) + ")";
    }

    private static boolean isReadOnlyAtTheTop(Finding finding) {
        return finding.place().name().equals("recursiveReadOnly");
    }

    @Override
    public Remedy remedy(Finding finding) {
        Field mount = finding.place().parent().orElseThrow();
        boolean onWindows = finding.subject()
                .asContainer()
                .flatMap(container -> container.field().parent())
                .flatMap(Field::parent)
                .map(HostPathVolume::isForWindows)
                .orElse(false);
        HostPath shown = HostPathVolume.shownBy(mount, finding.value(), onWindows);
        switch (NodeFile.of(shown, "")) {
            case SOCKET -> {
                return new Remedy(
                        "remove the mount: readOnly does not prevent connecting to a socket",
                        context -> List.of(new Edit.Remove(mount)));
            }
            case DEVICE -> {
                return new Remedy(
                        "remove the mount: readOnly does not keep a device from being written to",
                        context -> List.of(new Edit.Remove(mount)));
            }
            case PARENT, OTHER -> {
                // A read-only mount is enough here; other rules report what else is wrong with the path.
            }
        }
        boolean whole = isReadOnlyAtTheTop(finding) || (!onWindows && hasMountsBelow(shown));
        Edit readOnly = Edit.set(mount.get("readOnly"), BooleanNode.TRUE);
        if (!whole) {
            return new Remedy("set readOnly to true", context -> {
                boolean all = !onWindows
                        && HostPathVolume.isMountedTooOften(
                                mount.get("name").textOrEmpty(), RemedyParts.specOf(finding));
                return all ? readOnlyWithAllBelow(finding, mount) : List.of(readOnly);
            });
        }
        // The API server accepts recursiveReadOnly only together with readOnly and without mount propagation.
        String propagation = mount.get("mountPropagation").textOrEmpty();
        boolean propagates = !propagation.isEmpty() && !propagation.equals("None");
        return new Remedy(
                (isReadOnlyAtTheTop(finding)
                                ? "set recursiveReadOnly to Enabled"
                                : "set readOnly to true and recursiveReadOnly to Enabled")
                        + (propagates ? ", and remove mountPropagation" : ""),
                context -> readOnlyWithAllBelow(finding, mount));
    }

    private static List<Edit> readOnlyWithAllBelow(Finding finding, Field mount) {
        List<Edit> edits = new ArrayList<>();
        if (!isReadOnlyAtTheTop(finding)) {
            edits.add(Edit.set(mount.get("readOnly"), BooleanNode.TRUE));
        }
        edits.add(Edit.set(mount.get("recursiveReadOnly"), TextNode.valueOf("Enabled")));
        Field propagation = mount.get("mountPropagation");
        if (propagation.isPresent() && !propagation.textOrEmpty().equals("None")) {
            edits.add(new Edit.Remove(propagation));
        }
        return edits;
    }
}

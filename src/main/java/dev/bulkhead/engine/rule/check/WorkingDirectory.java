package dev.bulkhead.engine.rule.check;

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
import dev.bulkhead.engine.rule.hostpath.HostPathCel;
import dev.bulkhead.engine.rule.hostpath.HostPathLinks;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * The runtime changes into the working directory while files of the node are still open: with a working directory of
 * {@code /proc/self/fd/7} the container's first process runs outside of its root, on the node (CVE-2024-21626, runc
 * before 1.1.12).
 *
 * <p>Fields: {@code workingDir} of every container. Allowed: absent, and every path that passes through no link to open
 * files ({@code /proc/*}{@code /fd}, {@code /dev/fd} and similar ones). A {@code ..} after a name below {@code /proc} or
 * {@code /sys} counts as such a link, since the name may be one of the kernel's links. Versions: all.
 *
 * @see <a href="https://nvd.nist.gov/vuln/detail/CVE-2024-21626">CVE-2024-21626</a>
 */
final class WorkingDirectory extends BulkheadRule {
    WorkingDirectory() {
        super(
                RuleInfo.bulkhead(
                        "workingDirectory",
                        Layer.CONFINEMENT,
                        Severity.HIGH,
                        "Working directory that leads to the node",
                        "A container's working directory may not be a file that the runtime has open."),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "set workingDir to a directory of the image or of a volume, or remove it")
            .containers(Cel.values("c.?workingDir") + "\n.filter(w, w != '' && [" + HostPathCel.names("w")
                    + "].exists(x,\n  x.matches('^(/proc/[^/]+/root)*" + HostPathCel.ANYWHERE + "')\n"
                    + "  || x.contains('/../') && x.matches('/(proc|sys|dev)/')))")
            .but("every path with .. that passes /proc, /sys or /dev is denied");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            Field workingDir = container.field().get("workingDir");
            String path = workingDir.textOrEmpty();
            if (!path.isEmpty() && leadsOut(path)) {
                found.accept(Finding.unsafe(this, Subject.of(container), workingDir, path));
            }
        }
    }

    private static boolean leadsOut(String path) {
        return HostPathLinks.waysOf(HostPathLinks.names(path)).stream()
                .anyMatch(way -> HostPathLinks.follow(way).isEmpty());
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "working directory",
                Wording.containers(findings) + " must not set workingDir to "
                        + Wording.quoted(Wording.sorted(Finding.values(findings)))
                        + ", which may be a directory of the node that the runtime has open");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set workingDir to a directory of the image or of a volume, or remove it",
                new Edit.Remove(finding.place()));
    }
}

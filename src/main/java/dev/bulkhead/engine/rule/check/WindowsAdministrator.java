package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.TextNode;
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
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A Windows administrator in the container corresponds to root on Linux. {@code runAsNonRoot} hardly helps: the kubelet
 * only rejects the exact user name {@code ContainerAdministrator}, not even the same name with its domain.
 *
 * <p>Fields: {@code securityContext.windowsOptions.runAsUserName} of the pod and of every container. Allowed: absent, and
 * every user that is none of Windows' own administrators, by name (in any case, with or without a domain) or by security
 * identifier. Versions: all.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/">RunAsUserName</a>
 */
final class WindowsAdministrator extends BulkheadRule {
    /** The only user that the kubelet treats as root. */
    static final String OF_CONTAINERS = "ContainerAdministrator";

    /** The unprivileged user of Windows images. */
    static final String UNPRIVILEGED = "ContainerUser";

    /** In lower case, without the domain. */
    private static final Set<String> ADMINISTRATORS = Set.of(
            "containeradministrator",
            "administrator",
            "administrators",
            "localsystem",
            "system",
            "trustedinstaller",
            // LocalSystem, ContainerAdministrator, BUILTIN\Administrators
            "s-1-5-18",
            "s-1-5-93-2-1",
            "s-1-5-32-544");

    WindowsAdministrator() {
        super(
                RuleInfo.bulkhead(
                        "windowsAdministrator",
                        Layer.IDENTITY,
                        Severity.MEDIUM,
                        "Windows administrator",
                        "A Windows container may not run as an administrator."),
                RuleAction.of(Action.DENY),
                RuleAction.of(Action.DENY));
    }

    /** Whether the kubelet refuses to start a container of that user under {@code runAsNonRoot}. */
    static boolean isRootToKubelet(Optional<String> userName) {
        return userName.filter(OF_CONTAINERS::equalsIgnoreCase).isPresent();
    }

    /** The container's user, or else the pod's. */
    static Optional<String> userOf(Pod pod, Container container) {
        return userName(container.securityContext())
                .text()
                .or(() -> userName(pod.securityContext()).text());
    }

    static Field userName(Field securityContext) {
        return securityContext.get("windowsOptions").get("runAsUserName");
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.windowsOptions.runAsUserName to ContainerUser")
            .securityContexts(
                    Optional.empty(),
                    Cel.values("$.?securityContext.?windowsOptions.?runAsUserName")
                            + "\n.filter(x, [x.substring(x.lastIndexOf('\\\\') + 1).trim().lowerAscii()].exists(u,\n  u in "
                            + Cel.set(ADMINISTRATORS)
                            + "\n  || u.startsWith('s-1-5-21-') && u.endsWith('-500')))")
            .but("letters of other alphabets are not folded into Latin ones");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        check(Subject.pod(), pod.securityContext(), found);
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext(), found);
        }
    }

    private void check(Subject subject, Field securityContext, Consumer<Finding> found) {
        Field userName = userName(securityContext);
        String name = userName.textOrEmpty();
        if (isAdministrator(name)) {
            found.accept(Finding.unsafe(this, subject, userName, name));
        }
    }

    private static boolean isAdministrator(String userName) {
        String name = userName.substring(userName.lastIndexOf('\\') + 1)
                .strip()
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        // 500 is the built-in administrator of any machine or domain.
        return ADMINISTRATORS.contains(name) || (name.startsWith("s-1-5-21-") && name.endsWith("-500"));
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "Windows administrator",
                Wording.setters(findings) + " must not set securityContext.windowsOptions.runAsUserName="
                        + Wording.quoted(Wording.sorted(Finding.values(findings))));
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set securityContext.windowsOptions.runAsUserName to ContainerUser, or to another user of the image that is"
                        + " no administrator",
                Edit.set(finding.place(), TextNode.valueOf(UNPRIVILEGED)));
    }
}

package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.HardeningRule;
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
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Root in a container is root on the host as soon as another protection fails.
 *
 * <p>Fields: {@code securityContext.runAsNonRoot} of the pod and of every container. Allowed: true, of the container's own
 * or by way of the pod; false nowhere. Versions: all; from 1.35 not checked in a pod with a user namespace.
 */
final class RunAsNonRoot extends PodSecurityRule implements HardeningRule {
    RunAsNonRoot() {
        super(RuleInfo.restricted(
                "runAsNonRoot",
                Layer.IDENTITY,
                Severity.MEDIUM,
                "Container may run as root",
                "Every container must be required to run as a user other than root.",
                POD_SECURITY.control("Running as Non-root"),
                CIS.control("5.2.7", "Minimize the admission of root containers"),
                NSA_CISA.control("\"Non-root\" containers and \"rootless\" container engines")));
    }

    /** The value of every finding, explicit or unset: the container may run as root. */
    private static final String MAY_BE_ROOT = "false";

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(0, this::check), VersionedCheck.ofHostUsersSince(35, this::check));
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field onPod = pod.securityContext().get("runAsNonRoot");
        if (onPod.isFalse()) {
            found.accept(Finding.unsafe(this, Subject.pod(), onPod, MAY_BE_ROOT));
        }
        for (Container container : pod.containers()) {
            Field own = container.securityContext().get("runAsNonRoot");
            if (own.isFalse()) {
                found.accept(Finding.unsafe(this, Subject.of(container), own, MAY_BE_ROOT));
            } else if (own.isAbsent() && !onPod.isTrue()) {
                found.accept(Finding.unset(this, Subject.of(container), own, MAY_BE_ROOT));
            }
        }
    }

    /** Like Pod Security Admission, names the parts that set false; only if there are none, those that lack true. */
    @Override
    public PodSummary describe(List<Finding> findings) {
        List<Finding> unsafe =
                findings.stream().filter(finding -> !finding.unset()).toList();
        return new PodSummary(
                "runAsNonRoot != true",
                unsafe.isEmpty()
                        ? "pod or " + Wording.containers(findings) + " must set securityContext.runAsNonRoot=true"
                        : Wording.setters(unsafe) + " must not set securityContext.runAsNonRoot=false");
    }

    @Override
    public String message(Finding finding) {
        return Wording.setters(List.of(finding))
                + (finding.unset()
                        ? " must set securityContext.runAsNonRoot=true"
                        : " must not set securityContext.runAsNonRoot=false");
    }

    @Override
    public Remedy remedy(Finding finding) {
        Field securityContext = finding.place().parent().orElseThrow();
        Field spec = RemedyParts.specOf(finding);
        if (HostPathVolume.isForWindows(spec)) {
            return new Remedy(
                    "set securityContext.runAsNonRoot to true, and windowsOptions.runAsUserName to ContainerUser",
                    context -> editsOnWindows(finding, securityContext));
        }
        Field own = securityContext.get("runAsUser");
        Field user = own.isPresent() ? own : spec.get("securityContext").get("runAsUser");
        boolean root = user.node().isIntegralNumber() && user.node().longValue() == 0;
        String text = "set securityContext.runAsNonRoot to true";
        if (root) {
            text += ", and runAsUser to a number other than 0";
        } else if (user.isAbsent()) {
            text += ", and runAsUser to a number other than 0 unless the image names one";
        }
        return new Remedy(text, context -> {
            List<Edit> edits = new ArrayList<>();
            edits.add(Edit.set(finding.place(), BooleanNode.TRUE));
            if (root) {
                edits.add(Edit.set(own, RemedyParts.nonRootUser(context)));
            }
            return edits;
        });
    }

    private static List<Edit> editsOnWindows(Finding finding, Field securityContext) {
        Field own = WindowsAdministrator.userName(securityContext);
        Optional<String> user = own.text()
                .or(() -> WindowsAdministrator.userName(
                                RemedyParts.specOf(finding).get("securityContext"))
                        .text());
        List<Edit> edits = new ArrayList<>();
        edits.add(Edit.set(finding.place(), BooleanNode.TRUE));
        if (user.isEmpty() || WindowsAdministrator.isRootToKubelet(user)) {
            edits.add(Edit.set(own, TextNode.valueOf(WindowsAdministrator.UNPRIVILEGED)));
        }
        return edits;
    }

    @Override
    public void harden(HardeningPass hardening) {
        List<Finding> fillable = new ArrayList<>();
        Field podUser = hardening.pod().securityContext().get("runAsUser");
        for (Finding finding : hardening.open()) {
            Field ownUser = finding.place().parent().orElseThrow().get("runAsUser");
            OptionalLong user = ownUser.isPresent() ? ownUser.integer() : podUser.integer();
            Optional<String> windowsUser = WindowsAdministrator.userOf(
                    hardening.pod(), finding.subject().asContainer().orElseThrow());
            if (user.isPresent() && user.getAsLong() == 0) {
                hardening.skip(finding, "it would not start: its runAsUser is 0");
            } else if (WindowsAdministrator.isRootToKubelet(windowsUser)) {
                hardening.skip(finding, "it would not start: its windowsOptions.runAsUserName is root to the kubelet");
            } else {
                fillable.add(finding);
                note(hardening, finding, user.isPresent(), windowsUser.isPresent());
            }
        }
        Field onPod = hardening.pod().securityContext().get("runAsNonRoot");
        if (!fillable.isEmpty()
                && fillable.size() == hardening.open().size()
                && onPod.isAbsent()
                && hardening.mayFillPod(id())) {
            hardening.fill(onPod, BooleanNode.TRUE);
        } else {
            fillable.forEach(finding -> hardening.fill(finding.place(), BooleanNode.TRUE));
        }
    }

    /** Notes what the image must provide where no field sets the user. */
    private static void note(HardeningPass hardening, Finding finding, boolean hasUser, boolean hasWindowsUser) {
        String whose = "runAsNonRoot is set; the image of " + Wording.containers(List.of(finding));
        if (hardening.pod().isWindows()) {
            if (!hasWindowsUser) {
                hardening.note(whose + " must run as another user than ContainerAdministrator, or"
                        + " securityContext.windowsOptions.runAsUserName be set to ContainerUser");
            }
        } else if (!hasUser && hardening.context().settings().user().isEmpty()) {
            hardening.note(whose + " must name a numeric user other than 0");
        }
    }
}

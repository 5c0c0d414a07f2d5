package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
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
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A HostProcess container runs on the Windows node itself, with its file system, network and users.
 *
 * <p>Fields: {@code securityContext.windowsOptions.hostProcess} of the pod and of every container. Allowed: absent, false.
 * Versions: all.
 */
final class WindowsHostProcess extends PodSecurityRule {
    WindowsHostProcess() {
        super(RuleInfo.baseline(
                "windowsHostProcess",
                Layer.HOST,
                Severity.CRITICAL,
                "Windows HostProcess container",
                "No Windows container may run as a process of the node.",
                POD_SECURITY.control("HostProcess"),
                CIS.control("5.2.10", "Minimize the admission of Windows HostProcess containers")));
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.windowsOptions.hostProcess to false, or remove it")
            .securityContexts(
                    Optional.empty(),
                    Cel.when("$.?securityContext.?windowsOptions.?hostProcess.orValue(false)", "true"));

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
        Field hostProcess = securityContext.get("windowsOptions").get("hostProcess");
        if (hostProcess.isTrue()) {
            found.accept(Finding.unsafe(this, subject, hostProcess, "true"));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "hostProcess",
                Wording.setters(findings) + " must not set securityContext.windowsOptions.hostProcess=true");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set securityContext.windowsOptions.hostProcess to false, or remove it",
                Edit.set(finding.place(), BooleanNode.FALSE));
    }
}

package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

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
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * On a writable root filesystem an attacker can change the running program and install tools.
 *
 * <p>Fields: {@code securityContext.readOnlyRootFilesystem} of every container. Allowed: true. Versions: all; not on
 * Windows pods. Programs that need to write somewhere get {@link ScratchVolumes} with it.
 */
final class ReadOnlyRootFilesystem extends BulkheadRule implements HardeningRule {

    ReadOnlyRootFilesystem() {
        super(
                RuleInfo.bulkhead(
                        "readOnlyRootFilesystem",
                        Layer.FILESYSTEM,
                        Severity.LOW,
                        "Writable root file system",
                        "Every container must run on a read-only root file system.",
                        NSA_CISA.control("Immutable container file systems")),
                RuleAction.of(Action.HARDEN),
                RuleAction.of(Action.HARDEN));
    }

    private static final CelCheck CEL = CelCheck.fix(
                    "set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes")
            .containers(Cel.when("!p.windows && !c.?securityContext.?readOnlyRootFilesystem.orValue(true)", "false"))
            .unsetInContainers("!p.windows && !c.?securityContext.?readOnlyRootFilesystem.hasValue()", "false");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        if (pod.isWindows()) {
            return;
        }
        for (Container container : pod.containers()) {
            Field readOnly = container.securityContext().get("readOnlyRootFilesystem");
            if (!readOnly.isTrue()) {
                found.accept(new Finding(this, Subject.of(container), readOnly, "false", readOnly.isAbsent()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "readOnlyRootFilesystem != true",
                Wording.containers(findings) + " must set securityContext.readOnlyRootFilesystem=true");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes",
                Edit.set(finding.place(), BooleanNode.TRUE));
    }

    @Override
    public CelFilling hardenInCel(RuleSettings settings) {
        return CelFilling.inexpressible("scratch volumes go with it, where the image writes");
    }

    @Override
    public CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster) {
        return CelNeed.ofContainers("!c.?securityContext.?readOnlyRootFilesystem.hasValue()");
    }

    @Override
    public void harden(HardeningPass hardening) {
        if (hardening.open().isEmpty()) {
            return;
        }
        ScratchVolumes scratch = new ScratchVolumes(hardening);
        List<Finding> doubtful = new ArrayList<>(0);
        for (Finding finding : hardening.open()) {
            Container container = finding.subject().asContainer().orElseThrow();
            if (scratch.mountIn(container)) {
                hardening.fill(finding.place(), BooleanNode.TRUE);
                if (hardening.podEditable() && !scratch.isKnown(container)) {
                    doubtful.add(finding);
                }
            } else {
                hardening.skip(
                        finding, "the pod would need more than " + ScratchVolumes.MOST_MOUNTS + " scratch mounts");
            }
        }
        scratch.letAutoscalerEvict();
        if (!doubtful.isEmpty()) {
            hardening.note(Wording.containers(doubtful) + " can write only to "
                    + (doubtful.size() == 1 ? "its" : "their") + " volumes" + scratch.everywhere()
                    + "; name other paths in annotation " + ScratchVolumes.ANNOTATION);
        }
    }
}

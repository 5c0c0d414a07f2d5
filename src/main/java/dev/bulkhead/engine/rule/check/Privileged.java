package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.ATTACK;
import static dev.bulkhead.engine.rule.Standard.CIS;
import static dev.bulkhead.engine.rule.Standard.NSA_CISA;
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
import java.util.function.Consumer;

/**
 * A privileged container has every capability, every device and no confinement: it is root on the host.
 *
 * <p>Fields: {@code securityContext.privileged} of every container. Allowed: absent, false. Versions: all.
 */
final class Privileged extends PodSecurityRule {
    Privileged() {
        super(RuleInfo.baseline(
                "privileged",
                Layer.HOST,
                Severity.CRITICAL,
                "Privileged container",
                "No container may be privileged.",
                POD_SECURITY.control("Privileged Containers"),
                CIS.control("5.2.2", "Minimize the admission of privileged containers"),
                NSA_CISA.control("Pod security enforcement"),
                ATTACK.control("T1611", "Escape to Host")));
    }

    private static final CelCheck CEL = CelCheck.fix("set securityContext.privileged to false, or remove it")
            .containers(Cel.when("c.?securityContext.?privileged.orValue(false)", "true"));

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            Field privileged = container.securityContext().get("privileged");
            if (privileged.isTrue()) {
                found.accept(Finding.unsafe(this, Subject.of(container), privileged, "true"));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "privileged", Wording.containers(findings) + " must not set securityContext.privileged=true");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set securityContext.privileged to false, or remove it", Edit.set(finding.place(), BooleanNode.FALSE));
    }
}

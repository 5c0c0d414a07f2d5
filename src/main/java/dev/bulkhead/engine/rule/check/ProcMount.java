package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
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
 * The runtime masks the parts of /proc that expose or change the host; an unmasked /proc does not.
 *
 * <p>Fields: {@code securityContext.procMount} of every container. Allowed: absent, Default. Versions: all; from 1.35 not
 * checked in a pod with a user namespace, and at restricted {@link ProcMountRestricted} replaces it.
 */
final class ProcMount extends PodSecurityRule {
    ProcMount() {
        super(RuleInfo.baseline(
                "procMount",
                Layer.CONFINEMENT,
                Severity.HIGH,
                "Unmasked /proc",
                "No container may see /proc without the runtime's masks.",
                POD_SECURITY.control("/proc Mount Type")));
    }

    private static final String DEFAULT = "Default";

    static final CelCheck CEL = CelCheck.fix("remove securityContext.procMount")
            .containers(Cel.values("c.?securityContext.?procMount") + ".filter(x, x != '" + DEFAULT + "')");

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                VersionedCheck.since(0, (pod, context, found) -> check(this, pod, found))
                        .inCel(CEL),
                VersionedCheck.ofHostUsersSince(35, (pod, context, found) -> check(this, pod, found))
                        .inCel(CEL));
    }

    /** The restricted check covers everything that this one does. */
    @Override
    public RuleAction leastPrivilege() {
        return RuleAction.OFF;
    }

    static void check(Rule rule, Pod pod, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            Field procMount = container.securityContext().get("procMount");
            if (procMount.isPresent() && !procMount.textOrEmpty().equals(DEFAULT)) {
                found.accept(Finding.unsafe(rule, Subject.of(container), procMount, procMount.textOrEmpty()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return description(findings);
    }

    static PodSummary description(List<Finding> findings) {
        return new PodSummary(
                "procMount",
                Wording.containers(findings) + " must not set securityContext.procMount to "
                        + Wording.quoted(Wording.sorted(Finding.values(findings))));
    }

    @Override
    public Remedy remedy(Finding finding) {
        return remedyOf(finding);
    }

    static Remedy remedyOf(Finding finding) {
        return Remedy.of(
                "set securityContext.procMount to Default, or remove it",
                Edit.set(finding.place(), TextNode.valueOf(DEFAULT)));
    }
}

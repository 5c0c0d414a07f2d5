package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.List;

/**
 * An unmasked /proc exposes the host even to a pod with a user namespace.
 *
 * <p>Fields: {@code securityContext.procMount} of every container. Allowed: absent, Default. Versions: from 1.35, replaces {@link
 * ProcMount}.
 */
final class ProcMountRestricted extends PodSecurityRule {
    ProcMountRestricted() {
        super(RuleInfo.restricted(
                "procMount_restricted",
                Layer.CONFINEMENT,
                Severity.HIGH,
                "Unmasked /proc, in a user namespace or not",
                "No container may see /proc without the runtime's masks, not even in a user namespace.",
                POD_SECURITY.control("/proc Mount Type")));
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(35, (pod, context, found) -> ProcMount.check(this, pod, found))
                .replacing("procMount")
                .inCel(ProcMount.CEL));
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return ProcMount.description(findings);
    }

    @Override
    public Remedy remedy(Finding finding) {
        return ProcMount.remedyOf(finding);
    }
}

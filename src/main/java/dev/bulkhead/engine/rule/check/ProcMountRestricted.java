package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.List;

/**
 * An unmasked /proc shows the host even to a pod that has a user namespace; at restricted none may have it.
 *
 * <p>Fields: {@code securityContext.procMount} of every container. Allowed: absent, Default. Versions: from 1.35, in the
 * place of {@link ProcMount}.
 */
final class ProcMountRestricted extends PodSecurityRule {
    ProcMountRestricted() {
        super("procMount_restricted", PodSecurityLevel.RESTRICTED, Layer.CONFINEMENT);
    }

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(VersionedCheck.since(35, (pod, context, found) -> ProcMount.check(this, pod, found))
                .replacing("procMount"));
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return ProcMount.description(findings);
    }

    @Override
    public String remedy(Finding finding) {
        return "set securityContext.procMount to Default, or remove it";
    }
}

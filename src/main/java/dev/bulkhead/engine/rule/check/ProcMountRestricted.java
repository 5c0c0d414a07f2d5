package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Revision;
import java.util.List;

/**
 * An unmasked /proc shows the host even to a pod that has a user namespace; at restricted none may have it.
 *
 * <p>Fields: {@code securityContext.procMount} of every container. Allowed: absent, Default. Versions: from 1.35, in the
 * place of {@link ProcMount}.
 */
final class ProcMountRestricted extends PodSecurityCheck {
    ProcMountRestricted() {
        super("procMount_restricted", Level.RESTRICTED, Layer.CONFINEMENT);
    }

    @Override
    public List<Revision> revisions() {
        return List.of(Revision.since(35, (pod, context, found) -> ProcMount.check(this, pod, found))
                .replacing("procMount"));
    }

    @Override
    public Description describe(List<Finding> findings) {
        return ProcMount.description(findings);
    }

    @Override
    public String remedy(Finding finding) {
        return "set securityContext.procMount to Default, or remove it";
    }
}

package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Demand;
import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Level;
import dev.bulkhead.engine.rule.Phrases;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * The runtime masks the parts of /proc that speak of the host, or write to it; an unmasked /proc shows them.
 *
 * <p>Fields: {@code securityContext.procMount} of every container. Allowed: absent, Default. Versions: all; from 1.35 not
 * looked at in a pod that has a user namespace, and at restricted {@link ProcMountRestricted} stands in its place.
 */
final class ProcMount extends PodSecurityCheck {
    ProcMount() {
        super("procMount", Level.BASELINE, Layer.CONFINEMENT);
    }

    private static final String DEFAULT = "Default";

    @Override
    public List<Revision> revisions() {
        return List.of(
                Revision.since(0, (pod, context, found) -> check(this, pod, found)),
                Revision.since(35, (pod, context, found) -> {
                    if (!pod.hasUserNamespace()) {
                        check(this, pod, found);
                    }
                }));
    }

    /** The restricted check sees everything that this one does. */
    @Override
    public Demand leastPrivilege() {
        return Demand.OFF;
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
    public Description describe(List<Finding> findings) {
        return description(findings);
    }

    static Description description(List<Finding> findings) {
        return new Description(
                "procMount",
                Phrases.containers(findings) + " must not set securityContext.procMount to "
                        + Phrases.quoted(Phrases.sorted(Finding.values(findings))));
    }

    @Override
    public String remedy(Finding finding) {
        return "set securityContext.procMount to Default, or remove it";
    }
}

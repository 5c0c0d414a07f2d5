package dev.bulkhead.engine.rule.check;

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
import java.util.function.Consumer;

/**
 * With {@code Bidirectional}, what the container mounts appears on the node and in every container that shares the
 * volume; with {@code HostToContainer}, what the node mounts later below the path appears in the container, the volumes
 * and Secrets of other pods among it.
 *
 * <p>Fields: {@code volumeMounts[*].mountPropagation} of every container. Allowed: absent, None. Versions: all.
 */
final class MountPropagation extends BulkheadRule {
    private static final String FROM_THE_NODE = "HostToContainer";

    public MountPropagation() {
        super(
                RuleInfo.bulkhead(
                        "mountPropagation",
                        Layer.HOST,
                        Severity.HIGH,
                        "Mount propagation between node and container",
                        "A container's mounts must not pass to the node, nor the node's new mounts into the container."),
                RuleAction.of(Action.DENY).except(FROM_THE_NODE, Action.WARN),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("remove mountPropagation")
            .containers("c.?volumeMounts.orValue([])\n"
                    + ".map(m, m.?mountPropagation.orValue('')).filter(x, !(x in ['', 'None']))");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        for (Container container : pod.containers()) {
            for (Field mount : container.volumeMounts()) {
                Field propagation = mount.get("mountPropagation");
                String value = propagation.textOrEmpty();
                if (!value.isEmpty() && !value.equals("None")) {
                    found.accept(Finding.unsafe(this, Subject.of(container), propagation, value));
                }
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary(
                "mount propagation",
                Wording.containers(findings) + " must not set volumeMounts mountPropagation="
                        + String.join(", ", Wording.sorted(Finding.values(findings))));
    }

    @Override
    public String message(Finding finding) {
        Field mount = finding.place().parent().orElseThrow();
        return describe(List.of(finding)).detail() + " (volume "
                + Wording.quoted(List.of(mount.get("name").textOrEmpty())) + " at "
                + mount.get("mountPath").textOrEmpty() + ")";
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of("remove mountPropagation, or set it to None", new Edit.Remove(finding.place()));
    }
}

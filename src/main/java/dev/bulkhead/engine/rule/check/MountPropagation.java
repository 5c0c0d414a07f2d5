package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.Context;
import dev.bulkhead.engine.rule.Demand;
import dev.bulkhead.engine.rule.Description;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.Phrases;
import dev.bulkhead.engine.rule.Revision;
import dev.bulkhead.engine.rule.Subject;
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
public final class MountPropagation extends OwnRule {
    private static final String FROM_THE_NODE = "HostToContainer";

    public MountPropagation() {
        super(
                "mountPropagation",
                Layer.HOST,
                Demand.of(Action.DENY).except(FROM_THE_NODE, Action.WARN),
                Demand.of(Action.DENY));
    }

    @Override
    public List<Revision> revisions() {
        return Revision.only(this::check);
    }

    private void check(Pod pod, Context context, Consumer<Finding> found) {
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
    public Description describe(List<Finding> findings) {
        return new Description(
                "mount propagation",
                Phrases.containers(findings) + " must not set volumeMounts mountPropagation="
                        + String.join(", ", Phrases.sorted(Finding.values(findings))));
    }

    @Override
    public String message(Finding finding) {
        Field mount = finding.place().parent().orElseThrow();
        return describe(List.of(finding)).detail() + " (volume "
                + Phrases.quoted(List.of(mount.get("name").textOrEmpty())) + " at "
                + mount.get("mountPath").textOrEmpty() + ")";
    }

    @Override
    public String remedy(Finding finding) {
        return "remove mountPropagation, or set it to None";
    }
}

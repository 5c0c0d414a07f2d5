package dev.bulkhead.engine.rule.check;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.engine.cel.Cel;
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
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Consumer;

/**
 * In a shared process namespace each container of the pod sees the others' processes, their environment and, through
 * {@code /proc/PID/root}, their files.
 *
 * <p>Fields: {@code spec.shareProcessNamespace}. Allowed: absent, false. Versions: all.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/">Share Process Namespace
 *     between Containers in a Pod</a>
 */
final class ShareProcessNamespace extends BulkheadRule {

    ShareProcessNamespace() {
        super(
                RuleInfo.bulkhead(
                        "shareProcessNamespace",
                        Layer.CONFINEMENT,
                        Severity.LOW,
                        "Processes shared between containers",
                        "The containers of a pod keep their processes to themselves."),
                RuleAction.of(Action.AUDIT),
                RuleAction.of(Action.WARN));
    }

    private static final CelCheck CEL = CelCheck.fix("remove shareProcessNamespace")
            .pod(Cel.when("p.spec.?shareProcessNamespace.orValue(false)", "true"));

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field shared = pod.spec().get("shareProcessNamespace");
        if (shared.isTrue()) {
            found.accept(Finding.unsafe(this, Subject.pod(), shared, "true"));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary("shared process namespace", "pod must not set shareProcessNamespace=true");
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "set spec.shareProcessNamespace to false, or remove it", Edit.set(finding.place(), BooleanNode.FALSE));
    }
}

package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.NSA_CISA;

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
import dev.bulkhead.engine.rule.Wording;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A process in the root group can read and write what images and hosts grant to that group. Volumes that belong to it
 * are accessible to every other workload in the group.
 *
 * <p>Fields: {@code runAsGroup} of the pod's and every container's {@code securityContext}; {@code fsGroup} and each of
 * {@code supplementalGroups} of the pod's. Allowed: absent, any but 0. Versions: all.
 */
final class RootGroup extends BulkheadRule {

    RootGroup() {
        super(
                RuleInfo.bulkhead(
                        "rootGroup",
                        Layer.IDENTITY,
                        Severity.LOW,
                        "Root group",
                        "No pod or container may put its processes into group 0.",
                        NSA_CISA.control("\"Non-root\" containers and \"rootless\" container engines")),
                RuleAction.of(Action.WARN),
                RuleAction.of(Action.DENY));
    }

    private static final CelCheck CEL = CelCheck.fix("set it to a number other than 0, or remove it")
            .securityContexts(
                    Optional.of("runAsGroup"), Cel.when("$.?securityContext.?runAsGroup.orValue(1) == 0", "0"))
            .pod(
                    "([p.spec.?securityContext.?fsGroup.orValue(1)] + p.spec.?securityContext.?supplementalGroups.orValue([]))\n"
                            + ".filter(g, g == 0).map(g, '0')");

    @Override
    public List<VersionedCheck> revisions() {
        return VersionedCheck.only(this::check, CEL);
    }

    private void check(Pod pod, RuleContext context, Consumer<Finding> found) {
        Field securityContext = pod.securityContext();
        check(Subject.pod(), securityContext.get("runAsGroup"), found);
        check(Subject.pod(), securityContext.get("fsGroup"), found);
        for (Field group : securityContext.get("supplementalGroups").items()) {
            check(Subject.pod(), group, found);
        }
        for (Container container : pod.containers()) {
            check(Subject.of(container), container.securityContext().get("runAsGroup"), found);
        }
    }

    private void check(Subject subject, Field group, Consumer<Finding> found) {
        if (group.integer().orElse(-1) == 0) {
            found.accept(Finding.unsafe(this, subject, group, "0"));
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        Set<String> fields = new LinkedHashSet<>();
        for (Finding finding : findings) {
            fields.add("securityContext." + fieldOf(finding) + "=0");
        }
        return new PodSummary("root group", Wording.setters(findings) + " must not set " + String.join(", ", fields));
    }

    @Override
    public Remedy remedy(Finding finding) {
        if (isInList(finding)) {
            return new Remedy(
                    "remove 0 from securityContext.supplementalGroups",
                    context -> finding.place().parent().orElseThrow().items().stream()
                            .filter(group -> group.integer().orElse(-1) == 0)
                            .<Edit>map(Edit.Remove::new)
                            .toList());
        }
        if (fieldOf(finding).equals("fsGroup")) {
            return Remedy.of(
                    "set securityContext.fsGroup to a group other than 0, or remove it",
                    new Edit.Remove(finding.place()));
        }
        // Unset, the container runs in the image's group, which is 0 if the image sets none.
        return new Remedy(
                "set securityContext." + fieldOf(finding) + " to a group other than 0",
                context -> List.of(new Edit.Replace(finding.place(), RemedyParts.nonRootUser(context))));
    }

    private static String fieldOf(Finding finding) {
        return isInList(finding) ? "supplementalGroups" : finding.place().name();
    }

    private static boolean isInList(Finding finding) {
        return finding.place()
                .parent()
                .filter(list -> list.name().equals("supplementalGroups"))
                .isPresent();
    }
}

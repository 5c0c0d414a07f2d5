package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.ContainerKind;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.function.Predicate;

/** Advice for users of {@code kubectl debug}: how to be admitted, and whether the container would start. */
final class DebugContainers {
    /** The default profile, {@code general}, requests SYS_PTRACE. */
    static final String USE_RESTRICTED =
            "With kubectl debug, --profile=restricted makes a container that asks for no more than is allowed here.";

    private DebugContainers() {}

    /** Whether a debug container is among what is denied. */
    static boolean areAmong(List<EvaluatedFinding> denied) {
        return denied.stream()
                .anyMatch(finding -> finding.finding().subject() instanceof Subject.OfContainer of
                        && of.container().kind() == ContainerKind.EPHEMERAL);
    }

    /**
     * A note for each container that must not run as root, by its own or an inherited field, and has its user from its
     * image: the kubelet does not start it if the image names no user, or names one without a number.
     */
    static List<String> doubtsAbout(Pod pod, Predicate<Container> added) {
        Field onPod = pod.securityContext();
        return pod.containers().stream()
                .filter(added)
                .filter(container -> {
                    Field own = container.securityContext();
                    Field nonRoot = own.get("runAsNonRoot").isPresent() ? own : onPod;
                    return nonRoot.get("runAsNonRoot").isTrue()
                            && own.get("runAsUser").isAbsent()
                            && onPod.get("runAsUser").isAbsent();
                })
                .map(container -> "container \"" + container.name()
                        + "\" starts only if its image names a numeric user other than 0 (runAsNonRoot)")
                .toList();
    }
}

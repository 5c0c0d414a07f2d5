package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.EvaluatedFinding;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.workload.ContainerKind;
import java.util.List;

/** Advice for users of {@code kubectl debug} on how to be admitted. */
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
}

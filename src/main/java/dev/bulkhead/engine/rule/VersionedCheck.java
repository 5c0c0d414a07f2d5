package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.Pod;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A rule's check from a version on, until its next revision.
 *
 * @param since the first minor version of Kubernetes 1 in which it is in force
 * @param replaces the ids of baseline checks that it makes superfluous
 * @param check what it looks for
 * @param hostUsersOnly whether it finds nothing in pods that have a user namespace
 * @param cel the same check in CEL
 */
public record VersionedCheck(int since, Set<String> replaces, Check check, boolean hostUsersOnly, InCel cel) {
    private static final InCel NOT_WRITTEN =
            (settings, cluster) -> CelCheck.inexpressible("nobody has written it in CEL");

    public VersionedCheck {
        replaces = ImmutableCopies.of(replaces);
    }

    /** A pure function from a pod to its findings. */
    @FunctionalInterface
    public interface Check {
        /** Passes on every finding, in the pod's order. */
        void run(Pod pod, RuleContext context, Consumer<Finding> found);
    }

    /** The same check in CEL, which may depend on the policy's settings and the cluster. */
    @FunctionalInterface
    public interface InCel {
        CelCheck in(RuleSettings settings, ClusterCapabilities cluster);
    }

    public static VersionedCheck since(int minor, Check check) {
        return new VersionedCheck(minor, Set.of(), check, false, NOT_WRITTEN);
    }

    /** A check that passes over pods that have a user namespace. */
    public static VersionedCheck ofHostUsersSince(int minor, Check check) {
        return new VersionedCheck(
                minor,
                Set.of(),
                (pod, context, found) -> {
                    if (!pod.hasUserNamespace()) {
                        check.run(pod, context, found);
                    }
                },
                true,
                NOT_WRITTEN);
    }

    /** The only check of a rule without versions. */
    public static List<VersionedCheck> only(Check check, CelCheck cel) {
        return List.of(since(0, check).inCel(cel));
    }

    /** The same with the check in CEL, which for pods with a user namespace need not find nothing. */
    public VersionedCheck inCel(CelCheck same) {
        return inCel((settings, cluster) -> same);
    }

    /** The same with the check in CEL. */
    public VersionedCheck inCel(InCel same) {
        return new VersionedCheck(since, replaces, check, hostUsersOnly, same);
    }

    public VersionedCheck replacing(String baselineCheck) {
        return new VersionedCheck(since, Set.of(baselineCheck), check, hostUsersOnly, cel);
    }
}

package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.image.ImageReference;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * As whom a container runs. Of another user than root most of what is dangerous is out of reach: the runtime gives it no
 * effective capability, and the node's important files belong to root. It counts as root unless the pod, or what is known
 * of the image, says otherwise.
 *
 * @param root whether it runs as root, or may
 * @param label {@code root}, {@code user 1000}, {@code a user other than root}
 * @param mayOpenSockets whether a socket that only root and a group may use can be open to it: it is root, has group 0, or
 *     gets supplementary groups of unknown purpose
 */
record ContainerUserId(boolean root, String label, boolean mayOpenSockets) {
    private static final ContainerUserId ROOT = new ContainerUserId(true, "root", true);

    static ContainerUserId of(Container container, Pod pod, RuleContext context) {
        OptionalLong declared = number(container, pod, "runAsUser");
        OptionalLong known = declared.isPresent() ? declared : ofImage(container, context);
        if (known.isPresent() && known.getAsLong() == 0) {
            return ROOT;
        }
        if (known.isPresent()) {
            return new ContainerUserId(false, "user " + known.getAsLong(), mayOpenSockets(container, pod));
        }
        Field own = container.securityContext().get("runAsNonRoot");
        Field nonRoot = own.isPresent() ? own : pod.securityContext().get("runAsNonRoot");
        return nonRoot.isTrue()
                ? new ContainerUserId(false, "a user other than root", mayOpenSockets(container, pod))
                : ROOT;
    }

    private static OptionalLong number(Container container, Pod pod, String member) {
        Field own = container.securityContext().get(member);
        return own.isPresent()
                ? own.integer()
                : pod.securityContext().get(member).integer();
    }

    private static OptionalLong ofImage(Container container, RuleContext context) {
        Optional<ImageUser> user = ImageReference.parse(
                        container.field().get("image").textOrEmpty())
                .flatMap(context.cluster().images()::find)
                .flatMap(known -> known.user().map(fact -> fact.value()));
        if (user.isEmpty()) {
            return OptionalLong.empty();
        }
        ImageUser by = user.get();
        if (by instanceof ImageUser.Numeric numeric) {
            return OptionalLong.of(numeric.uid());
        }
        if (by instanceof ImageUser.Observed observed) {
            return OptionalLong.of(observed.id().uid());
        }
        return by instanceof ImageUser.Named named
                ? named.id().map(id -> OptionalLong.of(id.uid())).orElse(OptionalLong.empty())
                : OptionalLong.empty();
    }

    /** Where no group is named, the runtime gives the image's, which is 0 for a user that the image does not know. */
    private static boolean mayOpenSockets(Container container, Pod pod) {
        OptionalLong group = number(container, pod, "runAsGroup");
        return group.isEmpty()
                || group.getAsLong() == 0
                || !pod.securityContext().get("supplementalGroups").items().isEmpty()
                || pod.securityContext().get("fsGroup").isPresent();
    }
}

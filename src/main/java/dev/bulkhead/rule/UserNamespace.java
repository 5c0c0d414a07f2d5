package dev.bulkhead.rule;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.bulkhead.workload.Field;
import dev.bulkhead.workload.Pod;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Without a user namespace of its own, a pod's root is the node's root: whatever breaks out of the container, or reaches
 * the runtime's daemon, has its rights there.
 *
 * <p>Fields: {@code spec.hostUsers}. Allowed: false. Versions: where the cluster has user namespaces; not on Windows
 * pods.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/">User namespaces</a>
 */
final class UserNamespace extends OwnRule implements Hardenable {
    /** From 1.35 on these look away from pods that have a user namespace. */
    private static final List<String> RELAXED =
            List.of("procMount", "procMount_restricted", "runAsNonRoot", "runAsUser");

    UserNamespace() {
        super("userNamespace", Layer.DAEMON, Demand.of(Action.AUDIT), Demand.of(Action.HARDEN));
    }

    @Override
    public List<Revision> revisions() {
        return Revision.only(this::check);
    }

    private void check(Pod pod, Context context, Consumer<Finding> found) {
        Field hostUsers = pod.spec().get("hostUsers");
        if (context.cluster().hasUserNamespaces() && !pod.isWindows() && !hostUsers.isFalse()) {
            found.accept(new Finding(this, Subject.pod(), hostUsers, "host", hostUsers.isAbsent()));
        }
    }

    @Override
    public Description describe(List<Finding> findings) {
        return new Description("host user namespace", "pod must set hostUsers=false");
    }

    @Override
    public String remedy(Finding finding) {
        return "set spec.hostUsers to false";
    }

    /**
     * The API server rejects false beside a host namespace; block devices and NFS do not work in a user namespace; and a
     * pod that asks for root is not to be admitted because of what it did not ask for.
     */
    @Override
    public void harden(Hardening hardening) {
        Optional<String> obstacle = hardening.mayFillPod(id())
                ? obstacle(hardening.pod())
                        .or(() -> RELAXED.stream()
                                .filter(hardening::isDenied)
                                .findFirst()
                                .map(rule -> "a user namespace would excuse what " + rule + " denies"))
                : Optional.of("only a pod that is being created can be given a user namespace");
        for (Finding finding : hardening.open()) {
            obstacle.ifPresentOrElse(
                    reason -> hardening.leave(finding, reason),
                    () -> hardening.fill(finding.place(), BooleanNode.FALSE));
        }
    }

    private static Optional<String> obstacle(Pod pod) {
        for (String namespace : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (pod.spec().get(namespace).isTrue()) {
                return Optional.of("the API server accepts no user namespace beside " + namespace);
            }
        }
        if (pod.containers().stream()
                .anyMatch(container ->
                        !container.field().get("volumeDevices").items().isEmpty())) {
            return Optional.of("raw block devices do not work in a user namespace");
        }
        if (pod.volumes().stream().anyMatch(volume -> volume.source("nfs").isPresent())) {
            return Optional.of("NFS volumes do not work in a user namespace");
        }
        return Optional.empty();
    }
}

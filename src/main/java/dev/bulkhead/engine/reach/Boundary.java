package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.hostpath.HostPathVolume;
import dev.bulkhead.engine.workload.Pod;

/**
 * What stands between a pod's processes and the node's kernel.
 *
 * <p>In a user namespace capabilities, and privileged with them, count only for what belongs to the namespace (KEP-127,
 * user_namespaces(7)). The files of volumes are another matter: they are mounted with mapped ids, so that the pod's root
 * owns what the node's root owns. A sandbox has a kernel of its own, but gets the volumes from the node as well.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/">User namespaces</a>
 * @see <a href="https://gvisor.dev/docs/architecture_guide/security/">gVisor's security model</a>
 */
enum Boundary {
    /** The node's kernel, as the node's users. */
    NONE,
    USER_NAMESPACE,
    SANDBOX,
    /** Processes of a Windows node; what is said of Linux does not apply. */
    WINDOWS;

    /** A RuntimeClass counts as a sandbox if the policy counts it as one. */
    static Boundary of(Pod pod, RuleContext context) {
        if (HostPathVolume.isForWindows(pod.spec())) {
            return WINDOWS;
        }
        if (isSandboxed(pod, context)) {
            return SANDBOX;
        }
        return pod.hasUserNamespace() && context.cluster().hasUserNamespaces() ? USER_NAMESPACE : NONE;
    }

    private static boolean isSandboxed(Pod pod, RuleContext context) {
        String name = pod.spec().get("runtimeClassName").textOrEmpty();
        return context.settings().sandboxClasses().contains(name);
    }

    /** Why the power over the kernel that a container has is no power over the node; empty text where it is. */
    String hindrance() {
        return switch (this) {
            case NONE -> "";
            case USER_NAMESPACE -> ", but only within its user namespace";
            case SANDBOX -> ", but only over the kernel of its sandbox";
            case WINDOWS -> ", which means nothing on Windows";
        };
    }
}

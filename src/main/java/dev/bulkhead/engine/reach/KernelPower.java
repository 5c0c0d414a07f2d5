package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.reach.Reached.Kind;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What power containers have over the node's kernel: privileged, capabilities, the host's namespaces, an unmasked /proc. */
final class KernelPower {
    /** The service accounts of Windows that are no administrators. */
    private static final List<String> SERVICES =
            List.of("nt authority\\local service", "nt authority\\network service", "nt authority\\localservice");

    private final Pod pod;
    private final Boundary boundary;

    KernelPower(Pod pod, Boundary boundary) {
        this.pod = pod;
        this.boundary = boundary;
    }

    /** Passes on what every container reaches. A sandbox has namespaces of its own kernel, but for the network's. */
    void findInPod(Consumer<Reached> found) {
        if (boundary != Boundary.SANDBOX && boundary != Boundary.WINDOWS) {
            namespace(
                    "hostPID",
                    Severity.HIGH,
                    "sees the node's processes, and reads environments and files of containers with the same user",
                    found);
            namespace("hostIPC", Severity.MEDIUM, "uses the shared memory of programs of the node", found);
        }
        namespace(
                "hostNetwork",
                Severity.HIGH,
                "is in the node's network: reaches what listens on its loopback interface, and acts as the node towards"
                        + " the cloud's metadata service and network policies",
                found);
    }

    private void namespace(String field, Severity severity, String message, Consumer<Reached> found) {
        Field shared = pod.spec().get(field);
        if (shared.isTrue()) {
            found.accept(new Reached(
                    Kind.NAMESPACE, severity, Optional.empty(), shared.pointer(), field, message, Optional.empty()));
        }
    }

    /** Passes on what the container reaches. */
    void find(Container container, ContainerUserId user, Consumer<Reached> found) {
        if (boundary == Boundary.WINDOWS) {
            hostProcess(container, found);
            return;
        }
        Field privileged = container.securityContext().get("privileged");
        if (privileged.isTrue()) {
            found.accept(reached(
                    Kind.PRIVILEGE,
                    Severity.CRITICAL,
                    container,
                    privileged,
                    "privileged",
                    "is privileged: has every capability and every device of the node",
                    user,
                    pod.spec().get("hostPID").isTrue()
                            ? List.of("enters the namespaces of the node's first process (nsenter -t 1)")
                            : List.of("mounts the node's disk from /dev, and adds a job for cron to it")));
        }
        Field procMount = container.securityContext().get("procMount");
        if (procMount.textOrEmpty().equals("Unmasked") && !privileged.isTrue()) {
            found.accept(reached(
                    Kind.PRIVILEGE,
                    Severity.CRITICAL,
                    container,
                    procMount,
                    "procMount",
                    "writes to the kernel's settings, which procMount Unmasked leaves writable",
                    user,
                    List.of("names a program in /proc/sys/kernel/core_pattern, which the kernel runs as root when a"
                            + " process crashes")));
        }
        for (Field added :
                container.securityContext().get("capabilities").get("add").items()) {
            PowerfulCapability.named(added.textOrEmpty())
                    .ifPresent(capability -> found.accept(capability(container, user, added, capability)));
        }
    }

    private Reached capability(Container container, ContainerUserId user, Field added, PowerfulCapability capability) {
        List<String> steps = new ArrayList<>(capability.escape());
        if (capability.name().equals(PowerfulCapability.PTRACE)
                && pod.spec().get("hostPID").isTrue()) {
            steps.add("attaches to a process of the node's root (ptrace), and has it run a program");
        }
        return reached(
                Kind.CAPABILITY,
                steps.isEmpty() ? capability.severity() : Severity.CRITICAL,
                container,
                added,
                capability.name(),
                "has the capability " + capability.name() + ", which " + capability.gives(),
                user,
                steps);
    }

    /** With what stands in the way of it, which is what makes the difference between power and power over the node. */
    private Reached reached(
            Kind kind,
            Severity severity,
            Container container,
            Field place,
            String value,
            String message,
            ContainerUserId user,
            List<String> steps) {
        boolean open = boundary == Boundary.NONE && user.root();
        String hindrance = boundary != Boundary.NONE
                ? boundary.hindrance()
                : user.root() ? "" : ", but of no effect as long as it runs as " + user.label();
        return new Reached(
                kind,
                open ? severity : milder(severity),
                Optional.of(container.name()),
                place.pointer(),
                value,
                message + hindrance,
                open && !steps.isEmpty() ? Optional.of(new Escape(Escape.Target.NODE, steps)) : Optional.empty());
    }

    private Severity milder(Severity severity) {
        return switch (severity) {
            case CRITICAL -> boundary == Boundary.NONE ? Severity.HIGH : Severity.MEDIUM;
            case HIGH -> Severity.MEDIUM;
            case MEDIUM, LOW -> Severity.LOW;
        };
    }

    /**
     * A HostProcess container is a process of the Windows node.
     *
     * @see <a href="https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/">HostProcess pods</a>
     */
    private void hostProcess(Container container, Consumer<Reached> found) {
        Field own = windows(container.securityContext(), "hostProcess");
        Field hostProcess = own.isPresent() ? own : windows(pod.securityContext(), "hostProcess");
        if (!hostProcess.isTrue()) {
            return;
        }
        Field ownUser = windows(container.securityContext(), "runAsUserName");
        String user = (ownUser.isPresent() ? ownUser : windows(pod.securityContext(), "runAsUserName")).textOrEmpty();
        boolean service = SERVICES.stream().anyMatch(name -> name.equalsIgnoreCase(user));
        found.accept(new Reached(
                Kind.PRIVILEGE,
                service ? Severity.HIGH : Severity.CRITICAL,
                Optional.of(container.name()),
                hostProcess.pointer(),
                "hostProcess",
                "is a process of the Windows node" + (user.isEmpty() ? "" : " as " + SafeText.line(user)),
                service
                        ? Optional.empty()
                        : Optional.of(Escape.toNode("changes the node's files and services as an administrator"))));
    }

    private static Field windows(Field securityContext, String member) {
        return securityContext.get("windowsOptions").get(member);
    }
}

package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.export.falco.Watch.Control;
import dev.bulkhead.engine.policy.Exemption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The macros and rules, each condition beginning with the cheapest comparison. */
final class RuleTexts {
    static final String EXCLUDED = "bulkhead_excluded_namespaces";
    static final String POD = "bulkhead_pod";
    static final String STARTING = "bulkhead_container_starting";

    private static final String WHERE = " container_id=%container.id container_name=%container.name"
            + " image=%container.image.repository tag=%container.image.tag namespace=%k8s.ns.name pod=%k8s.pod.name";

    private static final String WHO = " evt_type=%evt.type user=%user.name user_uid=%user.uid process=%proc.name"
            + " proc_exepath=%proc.exepath parent=%proc.pname command=%proc.cmdline";

    private RuleTexts() {}

    /**
     * A process in a container of a pod that is known. Not the pod's sandbox, nor a runtime that is about to enter a
     * container and still is in the node's process namespace.
     */
    static String pod(boolean excluding) {
        return "container.id != host and k8s.ns.name exists and k8s.pod.name exists"
                + "\nand not container.id = val(k8s.pod.sandbox_id)"
                + "\nand not proc.pid = val(proc.vpid)"
                + (excluding ? "\nand not k8s.ns.name in (" + EXCLUDED + ")" : "");
    }

    /** A runtime makes mount points before it starts the program: its process is the first in its namespace. */
    static String starting() {
        return "proc.vpid = 1 and (proc.name startswith \"runc:[\" or proc.name in (crun, youki))";
    }

    static String macro(Control control) {
        return switch (control) {
            case USER -> "bulkhead_non_root";
            case FILESYSTEM -> "bulkhead_read_only_root";
            case SOCKET -> "bulkhead_no_runtime_socket";
            case CAPABILITIES -> "bulkhead_dropped_capabilities";
        };
    }

    static List<FalcoRule> rules(Watch watch, String scope, int number, Map<Exemption, FalcoException> exceptions) {
        return switch (watch.control()) {
            case USER ->
                List.of(new Draft(
                                "Bulkhead root process in container admitted as non-root",
                                "A process runs as user 0 in a container that was admitted on condition that it does not"
                                        + " (runAsNonRoot): a setuid program, an exploit, or a pod that came past admission.",
                                "Process runs as root in a container admitted as non-root |",
                                "CRITICAL",
                                "mitre_privilege_escalation",
                                "TA0004")
                        .rule(number, exceptions, "evt.type in (execve, execveat) and user.uid = 0", scope));
            case FILESYSTEM -> fileSystem(scope, number, exceptions);
            case SOCKET ->
                List.of(new Draft(
                                "Bulkhead container connects to runtime socket",
                                "A process in a container has connected to the control socket of a container runtime or the"
                                        + " kubelet, which makes it root on the node. Admission denies the volumes that lead there"
                                        + " (" + watch.rule() + ").",
                                "Container connected to a control socket of the node | connection=%fd.name",
                                "CRITICAL",
                                "mitre_privilege_escalation",
                                "T1611")
                        .rule(
                                number,
                                exceptions,
                                "evt.type = connect and evt.rawres = 0 and fd.type = unix",
                                "and (" + SocketFile.condition() + ")\n" + scope));
            case CAPABILITIES ->
                List.of(new Draft(
                                "Bulkhead container process with dropped capability",
                                "A program starts with a capability that its container was admitted without ("
                                        + watch.rule() + "). Admitted: "
                                        + watch.tolerated().stream()
                                                .map(Capability::name)
                                                .collect(Collectors.joining(", "))
                                        + ".",
                                "Process holds capabilities that admission ruled out | cap_effective=%thread.cap_effective",
                                "CRITICAL",
                                "mitre_privilege_escalation",
                                "T1611")
                        .rule(
                                number,
                                exceptions,
                                "evt.type in (execve, execveat) and thread.cap_effective startswith CAP_",
                                "and not thread.cap_effective " + only(watch.tolerated())
                                        + "\n"
                                        + (watch.privileged() ? "" : "and not container.privileged = true\n")
                                        + scope));
        };
    }

    private static List<FalcoRule> fileSystem(String scope, int number, Map<Exemption, FalcoException> exceptions) {
        FalcoRule written = new Draft(
                        "Bulkhead write below read-only root file system",
                        "A file was opened for writing in the writable layer of a container's root file system, which was"
                                + " admitted as read-only (readOnlyRootFilesystem). Volumes and scratch are no part of that"
                                + " layer, and are not reported.",
                        "File opened for writing below a root file system admitted as read-only | file=%fd.name",
                        "ERROR",
                        "mitre_persistence",
                        "TA0003")
                .rule(
                        number,
                        exceptions,
                        "((evt.type in (open, openat, openat2, open_by_handle_at) and evt.is_open_write = true)"
                                + "\n  or evt.type = creat)",
                        "and fd.num >= 0 and fd.is_upper_layer = true\n" + scope + "\nand not " + STARTING);
        FalcoRule executed = new Draft(
                        "Bulkhead program run from changed root file system",
                        "A program was started from the writable layer of a container's root file system, which was admitted"
                                + " as read-only (readOnlyRootFilesystem): it is no part of the image.",
                        "Program started that is no part of the image, below a root file system admitted as read-only |",
                        "CRITICAL",
                        "mitre_persistence",
                        "TA0003")
                .rule(number, exceptions, "evt.type in (execve, execveat) and proc.is_exe_upper_layer = true", scope);
        FalcoRule refused = new Draft(
                        "Bulkhead write refused by read-only root file system",
                        "A file could not be opened for writing, because its file system is read-only. Programs that try"
                                + " this all the time (such as Python with its caches) make it loud; enable it where you look"
                                + " for intruders, or for programs that need scratch.",
                        "Write refused by a read-only file system | file=%fd.name",
                        "NOTICE",
                        "mitre_persistence",
                        "TA0003")
                .rule(
                        number,
                        exceptions,
                        "evt.type in (open, openat, openat2) and evt.is_open_write = true and evt.res = EROFS",
                        scope);
        return List.of(
                written,
                executed,
                new FalcoRule(
                        refused.name(),
                        refused.description(),
                        refused.condition(),
                        refused.output(),
                        refused.priority(),
                        refused.tags(),
                        false,
                        refused.exceptions()));
    }

    private static String only(Set<Capability> capabilities) {
        String these = Capability.onlyThese(capabilities);
        return capabilities.size() == 1 ? "= " + these : "regex " + FalcoFilter.text(these);
    }

    private record Draft(
            String name, String description, String output, String priority, String tactic, String technique) {
        FalcoRule rule(int number, Map<Exemption, FalcoException> exceptions, String events, String rest) {
            return new FalcoRule(
                    name + (number == 1 ? "" : " " + number),
                    description + exempt(exceptions),
                    events + "\n" + rest,
                    output + WHO + WHERE,
                    priority,
                    List.of("bulkhead", "container", "k8s", tactic, technique),
                    true,
                    List.copyOf(exceptions.values()));
        }

        private static String exempt(Map<Exemption, FalcoException> exceptions) {
            return exceptions.isEmpty()
                    ? ""
                    : " Exceptions: "
                            + exceptions.entrySet().stream()
                                    .map(entry -> entry.getValue().name() + " until "
                                            + entry.getKey().expires())
                                    .collect(Collectors.joining(", "))
                            + ".";
        }
    }
}

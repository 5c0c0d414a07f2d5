package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A capability beyond the runtimes' default set, and what it is good for on the node's kernel.
 *
 * @param gives what its holder can do, after "which"
 * @param escape the steps to root on the node; none where it takes more than the capability
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 * @see <a href="https://forums.grsecurity.net/viewtopic.php?t=2522">False boundaries and arbitrary code execution</a>
 */
record PowerfulCapability(String name, Severity severity, String gives, List<String> escape) {
    static final String ALL = "ALL";
    static final String PTRACE = "SYS_PTRACE";

    private static final Map<String, PowerfulCapability> BY_NAME = new HashMap<>();

    PowerfulCapability {
        escape = List.copyOf(escape);
    }

    static {
        add(
                ALL,
                Severity.CRITICAL,
                "is everything that root may do",
                "loads a kernel module, or does anything else that root of the node may do");
        add("SYS_MODULE", Severity.CRITICAL, "loads kernel modules", "loads a kernel module, which runs as the kernel");
        // A fresh procfs lacks the read-only parts that the runtime mounts; core_pattern names a program that runs as
        // root
        // outside of the container, see core(5).
        add(
                "SYS_ADMIN",
                Severity.CRITICAL,
                "mounts file systems",
                "mounts another /proc, which the runtime has not made read-only",
                "names a program in its sys/kernel/core_pattern, which the kernel runs as root when a process crashes");
        // open_by_handle_at(2): "Shocker", June 2014; a bind mount of the node is in every container, such as
        // /etc/hosts.
        add(
                "DAC_READ_SEARCH",
                Severity.CRITICAL,
                "opens files of the node by their handles",
                "opens files of the node by handle from a mount such as /etc/hosts (open_by_handle_at)",
                "adds a job for cron, or reads root's keys");
        add(
                "SYS_RAWIO",
                Severity.CRITICAL,
                "drives the hardware",
                "opens the I/O ports (iopl)",
                "has a device write to the kernel's memory");
        add(PTRACE, Severity.HIGH, "traces and changes other processes that it sees");
        add(
                "BPF",
                Severity.HIGH,
                "loads BPF programs; with PERFMON it reads the memory of the kernel and all processes");
        add("PERFMON", Severity.HIGH, "observes the whole node; with BPF it reads the memory of all processes");
        add("SYS_BOOT", Severity.HIGH, "restarts the node, and may boot another kernel");
        add("NET_ADMIN", Severity.HIGH, "changes interfaces, routes and packet filters of its network namespace");
        add("NET_RAW", Severity.MEDIUM, "forges packets, also those of neighbours (CVE-2020-10749)");
        add("SYSLOG", Severity.MEDIUM, "reads the kernel's log and addresses");
        add("SYS_TIME", Severity.MEDIUM, "sets the node's clock, on which certificates depend");
        add("MAC_ADMIN", Severity.HIGH, "changes the node's AppArmor or Smack policy");
        add("MAC_OVERRIDE", Severity.HIGH, "overrides the node's Smack policy");
        add("AUDIT_CONTROL", Severity.MEDIUM, "switches the kernel's audit off");
        add("CHECKPOINT_RESTORE", Severity.MEDIUM, "chooses process ids, and reads what maps other processes' files");
        add("LINUX_IMMUTABLE", Severity.LOW, "makes files immutable");
        add("SYS_RESOURCE", Severity.MEDIUM, "exceeds the limits on resources");
        add("IPC_LOCK", Severity.LOW, "locks memory");
        add("SYS_NICE", Severity.LOW, "changes the priority of processes");
        add("SYS_PACCT", Severity.LOW, "switches process accounting");
        add("SYS_TTY_CONFIG", Severity.LOW, "hangs up terminals");
        add("IPC_OWNER", Severity.LOW, "uses the shared memory of others in its IPC namespace");
        add("LEASE", Severity.LOW, "takes leases on files");
        add("WAKE_ALARM", Severity.LOW, "wakes the node");
        add("BLOCK_SUSPEND", Severity.LOW, "keeps the node awake");
        add("AUDIT_READ", Severity.MEDIUM, "reads the kernel's audit log");
    }

    private static void add(String name, Severity severity, String gives, String... escape) {
        BY_NAME.put(name, new PowerfulCapability(name, severity, gives, List.of(escape)));
    }

    /** The capability of that name, as a container may write it; empty for one of the default set, and an unknown one. */
    static Optional<PowerfulCapability> named(String written) {
        String name = written.toUpperCase(Locale.ROOT);
        return Optional.ofNullable(BY_NAME.get(name.startsWith("CAP_") ? name.substring(4) : name));
    }

    /** The names of all of them. */
    static List<String> names() {
        List<String> names = new ArrayList<>(BY_NAME.keySet());
        names.sort(null);
        return names;
    }
}

package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Linux' capabilities, in the order in which Falco lists them: that of linux/capability.h. */
enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    /** What container runtimes give a container that drops nothing: containerd and Docker these, CRI-O fewer. */
    static final Set<Capability> DEFAULTS = ImmutableCopies.of(EnumSet.of(
            AUDIT_WRITE,
            CHOWN,
            DAC_OVERRIDE,
            FOWNER,
            FSETID,
            KILL,
            MKNOD,
            NET_BIND_SERVICE,
            NET_RAW,
            SETFCAP,
            SETGID,
            SETPCAP,
            SETUID,
            SYS_CHROOT));

    /** As Falco writes it. */
    String label() {
        return "CAP_" + name();
    }

    /** The capabilities that a container may add with these values. */
    static Set<Capability> named(Collection<String> values) {
        Set<Capability> named = EnumSet.noneOf(Capability.class);
        for (String value : values) {
            if (value.equals("ALL")) {
                return EnumSet.allOf(Capability.class);
            }
            Stream.of(values())
                    .filter(capability -> capability.name().equals(value)
                            || capability.label().equals(value))
                    .forEach(named::add);
        }
        return named;
    }

    /** Matches every set of capabilities, as Falco writes it, without any but these. */
    static String onlyThese(Collection<Capability> capabilities) {
        List<String> labels =
                capabilities.stream().sorted().map(Capability::label).toList();
        String one = labels.size() == 1 ? labels.get(0) : "(" + String.join("|", labels) + ")";
        return labels.size() == 1 ? one : one + "( " + one + ")*";
    }
}

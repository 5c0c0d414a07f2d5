package dev.bulkhead.engine.policy.lint;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The values that the findings of each rule can have, so that an exemption for any other value is reported as a
 * mistake.
 */
final class LintValues {
    private static final Set<String> CAPABILITIES = Set.of(
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "AUDIT_WRITE",
            "BLOCK_SUSPEND",
            "BPF",
            "CHECKPOINT_RESTORE",
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "IPC_LOCK",
            "IPC_OWNER",
            "KILL",
            "LEASE",
            "LINUX_IMMUTABLE",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "MKNOD",
            "NET_ADMIN",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_RAW",
            "PERFMON",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYSLOG",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_CHROOT",
            "SYS_MODULE",
            "SYS_NICE",
            "SYS_PACCT",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "WAKE_ALARM",
            "ALL");

    /** Of Linux or of Windows. */
    private static final String HOST_PATH = "/.*|\\\\.*|[A-Za-z]:.*";

    private static final String ANNOTATION = "|[^=]+=\".*\"";
    private static final Expected TRUE = new Expected("true", "\"true\"");
    private static final Expected FALSE = new Expected("false", "\"false\", which also stands for an unset field");
    private static final Expected ZERO = new Expected("0", "\"0\"");
    private static final Expected PATH =
            new Expected(HOST_PATH, "a host path as the volume writes it, such as /var/log");
    private static final Expected UNMASKED = new Expected("Unmasked", "Unmasked");

    private static final Map<String, Expected> EXPECTED = Map.ofEntries(
            Map.entry("allowPrivilegeEscalation", TRUE),
            Map.entry("appArmorProfile", new Expected("Unconfined" + ANNOTATION, "Unconfined, or key=\"value\"")),
            Map.entry(
                    "hostDevices",
                    new Expected(HOST_PATH + "|[a-z0-9]([-a-z0-9]*[a-z0-9])?", "a host path, or the name of a volume")),
            Map.entry("hostNamespaces", new Expected("hostNetwork|hostPID|hostIPC", "hostNetwork, hostPID or hostIPC")),
            Map.entry("hostPathVolumes", PATH),
            Map.entry("hostPorts", new Expected("[1-9][0-9]{0,4}", "a port, such as \"443\"")),
            Map.entry("hostProbesAndHostLifecycle", new Expected("[^/ ]+", "a host, without scheme or path")),
            Map.entry(
                    "mountPropagation",
                    new Expected("Bidirectional|HostToContainer", "Bidirectional or HostToContainer")),
            Map.entry("privileged", TRUE),
            Map.entry("procMount", UNMASKED),
            Map.entry("procMount_restricted", UNMASKED),
            Map.entry("readOnlyRootFilesystem", FALSE),
            Map.entry("restrictedVolumes", new Expected("[a-z][A-Za-z]+", "a volume's type, such as nfs")),
            Map.entry("rootGroup", ZERO),
            Map.entry("runAsNonRoot", FALSE),
            Map.entry("runAsUser", ZERO),
            Map.entry(
                    "runtimeAnnotations",
                    new Expected("[^= ]+", "an annotation's key, such as io.kubernetes.cri-o.Devices")),
            Map.entry("runtimeSocket", PATH),
            Map.entry(
                    "sandboxRuntime",
                    new Expected("[a-z0-9]([-.a-z0-9]*[a-z0-9])?", "the name of a RuntimeClass, or unset")),
            Map.entry(
                    "seLinuxOptions",
                    new Expected("(type|user|role)=.+", "what is set, such as type=spc_t, user=… or role=…")),
            Map.entry(
                    "seccompProfile_baseline", new Expected("Unconfined" + ANNOTATION, "Unconfined, or key=\"value\"")),
            Map.entry(
                    "seccompProfile_restricted", new Expected("Unconfined|unset" + ANNOTATION, "Unconfined, or unset")),
            Map.entry("secretRefsInEnv", new Expected("[a-z0-9]([-.a-z0-9]*[a-z0-9])?", "the name of a Secret")),
            Map.entry("secretsInEnv", new Expected("[^= ]+", "the name of a variable")),
            Map.entry("serviceAccountToken", new Expected("token", "token")),
            Map.entry("shareProcessNamespace", TRUE),
            Map.entry("sysctlValues", new Expected(".*\\+.*", "the whole value, which holds a \"+\"")),
            Map.entry("userNamespace", new Expected("host", "host")),
            Map.entry(
                    "windowsAdministrator",
                    new Expected("[^/\"]+", "a user's name as the pod writes it, such as ContainerAdministrator")),
            Map.entry("windowsHostProcess", TRUE),
            Map.entry("workingDirectory", new Expected(".*(proc|dev).*", "the path as the container writes it")),
            Map.entry("writableHostPath", PATH));

    private LintValues() {}

    /** The form of a rule's values, and its description. */
    private record Expected(Pattern form, String words) {
        Expected(String form, String words) {
            this(Pattern.compile(form, Pattern.DOTALL), words);
        }
    }

    /** Why no finding of that rule can have that value, if so. */
    static Optional<String> objection(String ruleId, String value) {
        if (value.isEmpty()) {
            // Findings about fields that are set to null carry this value.
            return Optional.empty();
        }
        return switch (ruleId) {
            case "capabilities_baseline" -> capability(value);
            case "capabilities_restricted" -> value.equals("default") ? Optional.empty() : capability(value);
            case "sysctls" -> sysctl(value);
            default ->
                Optional.ofNullable(EXPECTED.get(ruleId))
                        .filter(expected -> !expected.form().matcher(value).matches())
                        .map(expected ->
                                "\"" + value + "\" is no value of " + ruleId + ": expected " + expected.words());
        };
    }

    private static Optional<String> capability(String value) {
        if (CAPABILITIES.contains(value)) {
            return Optional.empty();
        }
        String upper = value.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("CAP_") ? upper.substring("CAP_".length()) : upper;
        return Optional.of("\"" + value + "\" is no capability"
                + (CAPABILITIES.contains(bare)
                        ? ": Kubernetes calls it " + bare
                        : ": expected a name such as NET_ADMIN"));
    }

    private static Optional<String> sysctl(String value) {
        if (value.indexOf('/') < 0) {
            return Optional.empty();
        }
        return Optional.of("\"" + value + "\" matches only where a pod writes it with slashes: expected "
                + value.replace('/', '.'));
    }
}

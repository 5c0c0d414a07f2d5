package dev.bulkhead.engine.rule.check;

import static dev.bulkhead.engine.rule.Standard.POD_SECURITY;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.PodSummary;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.RuleInfo;
import dev.bulkhead.engine.rule.Severity;
import dev.bulkhead.engine.rule.Subject;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.Pod;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Sysctls tune the kernel. Most of them apply to the whole node, not to the container's own namespaces.
 *
 * <p>Fields: {@code securityContext.sysctls[*].name} of the pod. Allowed: names that only touch the pod's own namespaces,
 * to the letter; more of them with every version. Versions: all, widened at 1.27, 1.29, 1.32 and 1.37.
 */
final class Sysctls extends PodSecurityRule {
    Sysctls() {
        super(RuleInfo.baseline(
                "sysctls",
                Layer.CONFINEMENT,
                Severity.MEDIUM,
                "Unsafe kernel parameter",
                "A pod may set only those kernel parameters that are known to stay within it.",
                POD_SECURITY.control("Sysctls")));
    }

    private static final Set<String> SAFE = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start");
    private static final Set<String> SAFE_SINCE_27 = and(SAFE, "net.ipv4.ip_local_reserved_ports");
    private static final Set<String> SAFE_SINCE_29 = and(
            SAFE_SINCE_27,
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SAFE_SINCE_32 = and(SAFE_SINCE_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
    private static final Set<String> SAFE_SINCE_37 =
            and(SAFE_SINCE_32, "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat");

    @Override
    public List<VersionedCheck> revisions() {
        return List.of(
                allowing(0, SAFE),
                allowing(27, SAFE_SINCE_27),
                allowing(29, SAFE_SINCE_29),
                allowing(32, SAFE_SINCE_32),
                allowing(37, SAFE_SINCE_37));
    }

    private static Set<String> and(Set<String> names, String... more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(List.of(more));
        return ImmutableCopies.of(all);
    }

    private VersionedCheck allowing(int since, Set<String> names) {
        return VersionedCheck.since(since, (pod, context, found) -> check(pod, names, found))
                .inCel(CelCheck.fix("remove it from securityContext.sysctls")
                        .pod(
                                "p.spec.?securityContext.?sysctls.orValue([]).map(s, s.?name.orValue(''))\n.filter(x, !(x in "
                                        + Cel.set(names) + "))"));
    }

    private void check(Pod pod, Set<String> allowed, Consumer<Finding> found) {
        for (Field sysctl : pod.securityContext().get("sysctls").items()) {
            Field name = sysctl.get("name");
            if (!allowed.contains(name.textOrEmpty())) {
                found.accept(Finding.unsafe(this, Subject.pod(), name, name.textOrEmpty()));
            }
        }
    }

    @Override
    public PodSummary describe(List<Finding> findings) {
        return new PodSummary("forbidden sysctls", String.join(", ", Finding.values(findings)));
    }

    @Override
    public String message(Finding finding) {
        return "pod must not set sysctl \"" + finding.value() + "\"";
    }

    @Override
    public Remedy remedy(Finding finding) {
        return Remedy.of(
                "remove it from securityContext.sysctls",
                new Edit.Remove(finding.place().parent().orElseThrow()));
    }
}

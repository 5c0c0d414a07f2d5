package dev.bulkhead.engine.rule.check;

import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.VersionedCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The list of all rules. */
public final class RuleRegistry {
    /**
     * Baseline checks, restricted checks, Bulkhead's own rules; each part sorted bytewise by id. Evaluation and all
     * output follow this order.
     */
    public static final List<Rule> ALL = List.of(
            new AppArmorProfile(),
            new CapabilitiesBaseline(),
            new HostNamespaces(),
            new HostPathVolumes(),
            new HostPorts(),
            new HostProbesAndHostLifecycle(),
            new Privileged(),
            new ProcMount(),
            new SeLinuxOptions(),
            new SeccompProfileBaseline(),
            new Sysctls(),
            new WindowsHostProcess(),
            // restricted
            new AllowPrivilegeEscalation(),
            new CapabilitiesRestricted(),
            new ProcMountRestricted(),
            new RestrictedVolumes(),
            new RunAsNonRoot(),
            new RunAsUser(),
            new SeccompProfileRestricted(),
            // Bulkhead's own
            new HostDevices(),
            new MountPropagation(),
            new ReadOnlyRootFilesystem(),
            new RootGroup(),
            new RuntimeAnnotations(),
            new RuntimeSocket(),
            new SandboxRuntime(),
            new SecretRefsInEnv(),
            new SecretsInEnv(),
            new ServiceAccountToken(),
            new ShareProcessNamespace(),
            new SysctlValues(),
            new UserNamespace(),
            new WindowsAdministrator(),
            new WorkingDirectory(),
            new WritableHostPath());

    private static final Map<String, Rule> BY_ID =
            ALL.stream().collect(Collectors.toMap(Rule::id, Function.identity()));

    private RuleRegistry() {}

    /** A check and its revision at a version. */
    public record InForce(Rule rule, VersionedCheck revision) {}

    /**
     * The checks of a Pod Security level at a version, in order. Restricted includes baseline, except for checks that
     * one of its own replaces.
     */
    public static List<InForce> podSecurity(PodSecurityLevel level, PodSecurityVersion version) {
        List<InForce> checks = new ArrayList<>();
        for (Rule rule : ALL) {
            if (rule.level().filter(of -> of.compareTo(level) <= 0).isPresent()) {
                rule.revisionAt(version).ifPresent(revision -> checks.add(new InForce(rule, revision)));
            }
        }
        Set<String> replaced = checks.stream()
                .flatMap(check -> check.revision().replaces().stream())
                .collect(Collectors.toSet());
        return checks.stream()
                .filter(check -> !replaced.contains(check.rule().id()))
                .toList();
    }

    /** The rule of that id, if there is one. */
    public static Optional<Rule> named(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}

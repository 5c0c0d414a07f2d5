package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.Cel;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a policy requires in the namespaces whose labels fulfil a condition: the labels may raise its mode, or add another
 * profile to its own.
 *
 * @param guard the condition in CEL, on the variables {@code profile} and {@code mode}; empty if it always holds
 * @param podSecurity whether it is a Pod Security level, which evaluates a changed pod as a whole
 */
record PolicyPart(String guard, boolean podSecurity, EffectiveRules rules) {
    /** Stands for a label that is not there; no label has this value. */
    static final String NONE = "(none)";

    private static final List<Profile> BY_LABEL =
            List.of(Profile.BASELINE, Profile.RESTRICTED, Profile.LEAST_PRIVILEGE, Profile.SANDBOXED);

    /** The parts of a policy that have rules. */
    static List<PolicyPart> of(Policy policy, ClusterCapabilities cluster) {
        List<PolicyPart> parts = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            Optional<String> inMode = modeGuard(policy, mode);
            if (inMode.isEmpty()) {
                continue;
            }
            boolean replaced = policy.namespaceLabels() == NamespaceLabels.ANY;
            add(
                    parts,
                    policy,
                    policy.profile(),
                    mode,
                    Conditions.and(List.of(inMode.get(), replaced ? "variables.profile == " + Cel.text(NONE) : "")),
                    policy.rules(),
                    cluster);
            if (policy.namespaceLabels() != NamespaceLabels.IGNORE) {
                for (Profile profile : BY_LABEL) {
                    add(
                            parts,
                            policy,
                            profile,
                            mode,
                            Conditions.and(List.of(inMode.get(), profileGuard(profile))),
                            replaced ? policy.rules() : Map.of(),
                            cluster);
                }
                if (replaced) {
                    add(
                            parts,
                            policy,
                            Profile.PRIVILEGED,
                            mode,
                            Conditions.and(List.of(inMode.get(), "variables.profile == 'privileged'")),
                            policy.rules(),
                            cluster);
                }
            }
        }
        return List.copyOf(parts);
    }

    private static void add(
            List<PolicyPart> parts,
            Policy policy,
            Profile profile,
            Mode mode,
            String guard,
            Map<String, Policy.RuleOverride> rules,
            ClusterCapabilities cluster) {
        Policy part = new Policy(
                policy.name(),
                Policy.Match.EVERYTHING,
                profile,
                mode,
                NamespaceLabels.IGNORE,
                rules,
                policy.settings());
        EffectiveRules effective = new WorkloadEvaluation(
                        new PolicySet(List.of(part), List.of()), cluster, Instant.EPOCH)
                .rulesFor(Namespace.named("any"), Map::of);
        if (!effective.rules().isEmpty()) {
            parts.add(new PolicyPart(guard, profile.podSecurityLevel().isPresent(), effective));
        }
    }

    /** An invalid profile was meant to restrict something: it counts as least-privilege. */
    private static String profileGuard(Profile profile) {
        if (!profile.equals(Profile.LEAST_PRIVILEGE)) {
            return "variables.profile == " + Cel.text(profile.toString());
        }
        List<String> others = Stream.concat(
                        Stream.of(NONE, Profile.PRIVILEGED.toString()),
                        BY_LABEL.stream()
                                .filter(other -> !other.equals(profile))
                                .map(Profile::toString))
                .toList();
        return "!(variables.profile in " + Cel.list(others) + ")";
    }

    /** When the policy is in that mode; empty if never. */
    private static Optional<String> modeGuard(Policy policy, Mode mode) {
        if (policy.namespaceLabels() == NamespaceLabels.IGNORE) {
            return policy.mode() == mode ? Optional.of("") : Optional.empty();
        }
        List<String> with = new ArrayList<>();
        List<String> without = new ArrayList<>();
        for (String label : List.of(NONE, Mode.AUDIT.label(), Mode.WARN.label())) {
            Mode asked = Mode.named(label).orElse(policy.mode());
            (counted(policy, asked) == mode ? with : without).add(label);
        }
        // An invalid mode counts as enforce.
        if (counted(policy, Mode.ENFORCE) == mode) {
            return Optional.of(without.isEmpty() ? "" : "!(variables.mode in " + Cel.list(without) + ")");
        }
        return with.isEmpty() ? Optional.empty() : Optional.of("variables.mode in " + Cel.list(with));
    }

    private static Mode counted(Policy policy, Mode asked) {
        boolean any = policy.namespaceLabels() == NamespaceLabels.ANY;
        return any || asked.compareTo(policy.mode()) > 0 ? asked : policy.mode();
    }
}

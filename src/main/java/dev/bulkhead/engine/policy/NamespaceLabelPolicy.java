package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a namespace's labels ask for: as many different values as there are profiles and modes, not as there are
 * labels.
 *
 * @param profile and {@code mode} by Bulkhead's own labels
 * @param podSecurity the levels by mode that Pod Security's labels ask for
 */
record NamespaceLabelPolicy(Optional<Profile> profile, Optional<Mode> mode, Map<Mode, Profile> podSecurity) {
    static final NamespaceLabelPolicy NONE = new NamespaceLabelPolicy(Optional.empty(), Optional.empty(), Map.of());

    NamespaceLabelPolicy {
        // In the modes' order, as texts list them.
        Map<Mode, Profile> ordered = new EnumMap<>(Mode.class);
        ordered.putAll(podSecurity);
        podSecurity = Collections.unmodifiableMap(ordered);
    }

    /** The generated one costs a command more to link than to run. */
    @Override
    public int hashCode() {
        return 31 * (31 * profile.hashCode() + mode.hashCode()) + podSecurity.hashCode();
    }

    /**
     * Reads labels. An invalid value was meant to restrict something, so it counts as the most restrictive one.
     *
     * @param own whether Bulkhead's own labels count
     * @param podSecurity whether Pod Security's do
     */
    static NamespaceLabelPolicy of(Map<String, String> labels, boolean own, boolean podSecurity) {
        if (!own && !podSecurity) {
            return NONE;
        }
        Optional<String> profile =
                own ? Optional.ofNullable(labels.get(PolicySet.PROFILE_LABEL)) : Optional.<String>empty();
        Optional<String> mode = own ? Optional.ofNullable(labels.get(PolicySet.MODE_LABEL)) : Optional.<String>empty();
        return new NamespaceLabelPolicy(
                profile.map(label -> Profile.parse(label).orElse(Profile.LEAST_PRIVILEGE)),
                mode.map(label -> Mode.named(label).orElse(Mode.ENFORCE)),
                podSecurity ? PodSecurityLabels.levels(labels) : Map.of());
    }

    /** The policy as these labels change it, and what Pod Security's labels add to it. */
    List<Policy> partsOf(Policy policy) {
        List<Policy> own = own(policy);
        if (!policy.podSecurityLabels() || podSecurity.isEmpty()) {
            return own;
        }
        List<Policy> parts = new ArrayList<>(own);
        podSecurity.forEach((level, at) -> parts.add(with(policy, at, level, Map.of())));
        return parts;
    }

    /** A label's profile is added unless the policy allows it to replace its own. */
    private List<Policy> own(Policy policy) {
        if (policy.namespaceLabels() == NamespaceLabels.IGNORE || (profile.isEmpty() && mode.isEmpty())) {
            return List.of(policy);
        }
        boolean any = policy.namespaceLabels() == NamespaceLabels.ANY;
        Mode asked = mode.orElse(policy.mode());
        Mode counts = any || asked.compareTo(policy.mode()) > 0 ? asked : policy.mode();
        Policy base = with(policy, policy.profile(), counts, policy.rules());
        if (profile.isEmpty()) {
            return List.of(base);
        }
        return any
                ? List.of(with(policy, profile.get(), counts, policy.rules()))
                : List.of(base, with(policy, profile.get(), counts, Map.of()));
    }

    private static Policy with(Policy policy, Profile profile, Mode mode, Map<String, Policy.RuleOverride> rules) {
        return new Policy(
                policy.name(), policy.match(), profile, mode, policy.namespaceLabels(), rules, policy.settings());
    }
}

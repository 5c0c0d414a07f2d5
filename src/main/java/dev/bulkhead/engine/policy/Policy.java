package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a platform team requires of the workloads that it matches.
 *
 * @param podSecurityLabels whether the labels of Pod Security Admission on a namespace count as well
 * @param rules what differs from the profile, by rule id
 */
public record Policy(
        String name,
        Match match,
        Profile profile,
        Mode mode,
        NamespaceLabels namespaceLabels,
        boolean podSecurityLabels,
        Map<String, RuleOverride> rules,
        PolicySettings settings) {
    public Policy {
        rules = ImmutableCopies.of(rules);
    }

    /** A policy that ignores the labels of Pod Security Admission. */
    public Policy(
            String name,
            Match match,
            Profile profile,
            Mode mode,
            NamespaceLabels namespaceLabels,
            Map<String, RuleOverride> rules,
            PolicySettings settings) {
        this(name, match, profile, mode, namespaceLabels, false, rules, settings);
    }

    /** The policy where none is configured: that profile, for every workload. */
    public static Policy builtIn(Profile profile) {
        return builtIn(profile, Mode.ENFORCE);
    }

    /** The same, in that mode. */
    public static Policy builtIn(Profile profile, Mode mode) {
        return new Policy(
                "built-in", Match.EVERYTHING, profile, mode, NamespaceLabels.TIGHTEN, Map.of(), PolicySettings.NONE);
    }

    /** Whether a namespace's labels matter, and not only its name. */
    boolean readsNamespaces() {
        return podSecurityLabels
                || namespaceLabels != NamespaceLabels.IGNORE
                || !match.namespaces().matchesEverything();
    }

    /** Which workloads a policy matches. */
    public record Match(LabelSelector namespaces, LabelSelector workloads, Set<String> excludedNamespaces) {
        public static final Match EVERYTHING = new Match(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING, Set.of());

        public Match {
            excludedNamespaces = ImmutableCopies.of(excludedNamespaces);
        }

        /** Whether it matches every workload in every namespace that it does not exclude. */
        public boolean selectsEverything() {
            return namespaces.matchesEverything() && workloads.matchesEverything();
        }

        /** Whether it matches workloads in that namespace. */
        public boolean covers(Namespace namespace) {
            return !excludedNamespaces.contains(namespace.name()) && namespaces.matches(namespace.labels());
        }
    }

    /** What the labels of a namespace may change about a policy. */
    public enum NamespaceLabels {
        /** They may only make it stricter. */
        TIGHTEN,
        /** They may also loosen it. */
        ANY,
        /** They are not read. */
        IGNORE
    }

    /** What a policy says of one rule. */
    public record RuleOverride(Optional<Action> action, Set<String> allow) {
        public static final RuleOverride NONE = new RuleOverride(Optional.empty(), Set.of());

        public RuleOverride {
            allow = ImmutableCopies.of(allow);
        }
    }

    /** The settings that a policy names; what it does not name comes from another one that matches, or by default. */
    public record PolicySettings(
            Optional<RuleSettings.Scratch> scratch,
            Optional<RuleSettings.User> user,
            Optional<List<String>> sandboxClasses,
            Optional<List<ImageSetting>> images,
            Optional<RuleSettings.UnknownUser> unknownUser) {
        public static final PolicySettings NONE = new PolicySettings(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        PolicySettings orElse(PolicySettings other) {
            return new PolicySettings(
                    scratch.or(other::scratch),
                    user.or(other::user),
                    sandboxClasses.or(other::sandboxClasses),
                    images.or(other::images),
                    unknownUser.or(other::unknownUser));
        }

        RuleSettings withDefaults() {
            return new RuleSettings(
                    scratch.orElse(RuleSettings.DEFAULT.scratch()),
                    user,
                    sandboxClasses.orElse(RuleSettings.DEFAULT.sandboxClasses()),
                    images.orElse(RuleSettings.DEFAULT.images()),
                    unknownUser.orElse(RuleSettings.DEFAULT.unknownUser()));
        }
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.PodSecurityLevel;
import dev.bulkhead.engine.rule.PodSecurityVersion;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A named set of rules: a Pod Security level at a version, or one of Bulkhead's own.
 *
 * @param kind which
 * @param version of the Pod Security Standards; latest for Bulkhead's own
 */
public record Profile(Kind kind, PodSecurityVersion version) {
    /** Every name, as messages list them. */
    public static final String NAMES = "privileged, baseline[@v1.N], restricted[@v1.N], least-privilege or sandboxed";

    public static final Profile PRIVILEGED = latest(Kind.PRIVILEGED);
    public static final Profile BASELINE = latest(Kind.BASELINE);
    public static final Profile RESTRICTED = latest(Kind.RESTRICTED);
    public static final Profile LEAST_PRIVILEGE = latest(Kind.LEAST_PRIVILEGE);
    public static final Profile SANDBOXED = latest(Kind.SANDBOXED);

    /** The profiles without versions, from the least to the most restrictive. */
    public enum Kind {
        PRIVILEGED("privileged"),
        BASELINE("baseline"),
        RESTRICTED("restricted"),
        LEAST_PRIVILEGE("least-privilege"),
        SANDBOXED("sandboxed");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    private static Profile latest(Kind kind) {
        return new Profile(kind, PodSecurityVersion.LATEST);
    }

    /** Parses a profile's name; empty when there is no such profile. */
    public static Optional<Profile> parse(String text) {
        int at = text.indexOf('@');
        String label = at < 0 ? text : text.substring(0, at);
        for (Kind kind : Kind.values()) {
            if (!kind.label().equals(label)) {
                continue;
            }
            if (at < 0) {
                return Optional.of(latest(kind));
            }
            boolean versioned = kind == Kind.BASELINE || kind == Kind.RESTRICTED;
            return versioned
                    ? PodSecurityVersion.parse(text.substring(at + 1)).map(version -> new Profile(kind, version))
                    : Optional.empty();
        }
        return Optional.empty();
    }

    /** The Pod Security level, if this profile is one. */
    public Optional<PodSecurityLevel> podSecurityLevel() {
        return switch (kind) {
            case BASELINE -> Optional.of(PodSecurityLevel.BASELINE);
            case RESTRICTED -> Optional.of(PodSecurityLevel.RESTRICTED);
            case PRIVILEGED, LEAST_PRIVILEGE, SANDBOXED -> Optional.empty();
        };
    }

    /** {@code LEVEL:VERSION} as Pod Security Admission names its policies, for the profiles that are its levels. */
    public Optional<String> podSecurityPin() {
        return podSecurityLevel().map(level -> kind.label() + ":" + version);
    }

    /**
     * The rules of the profile in a cluster of that minor version, in the registry's order; rules that are not listed
     * are off.
     */
    public List<ProfileRule> rules(int clusterMinor) {
        PodSecurityVersion clamped = version.clampedTo(clusterMinor);
        List<ProfileRule> rules = new ArrayList<>();
        podSecurityLevel()
                .ifPresentOrElse(
                        level -> RuleRegistry.podSecurity(level, clamped)
                                .forEach(check -> rules.add(
                                        new ProfileRule(check.rule(), check.revision(), RuleAction.of(Action.DENY)))),
                        () -> RuleRegistry.ALL.forEach(rule -> {
                            RuleAction action = switch (kind) {
                                case LEAST_PRIVILEGE -> rule.leastPrivilege();
                                case SANDBOXED -> rule.sandboxed();
                                case PRIVILEGED, BASELINE, RESTRICTED -> RuleAction.OFF;
                            };
                            rule.revisionAt(clamped)
                                    .ifPresent(revision -> rules.add(new ProfileRule(rule, revision, action)));
                        }));
        return List.copyOf(rules);
    }

    /** The name that {@link #parse} reads. */
    @Override
    public String toString() {
        return version.isLatest() ? kind.label() : kind.label() + "@" + version;
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.rule.PodSecurityVersion;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The levels that the labels of Pod Security Admission ask for on a namespace (KEP-2579), read as it reads them: an
 * invalid value means the restricted level for enforce, nothing for audit and warn, and the newest version.
 */
final class PodSecurityLabels {
    private static final String PREFIX = "pod-security.kubernetes.io/";
    private static final String VERSION = "-version";

    private PodSecurityLabels() {}

    /** The levels by mode; none where the labels ask for nothing. */
    static Map<Mode, Profile> levels(Map<String, String> labels) {
        Map<Mode, Profile> levels = new EnumMap<>(Mode.class);
        level(Mode.ENFORCE, labels).or(() -> fallback(labels)).ifPresent(profile -> levels.put(Mode.ENFORCE, profile));
        level(Mode.AUDIT, labels).ifPresent(profile -> levels.put(Mode.AUDIT, profile));
        if (labels.containsKey(key(Mode.WARN))) {
            level(Mode.WARN, labels).ifPresent(profile -> levels.put(Mode.WARN, profile));
        } else {
            // The enforced level is also warned about, unless a label says otherwise.
            level(Mode.ENFORCE, labels)
                    .map(enforced -> labels.containsKey(key(Mode.WARN) + VERSION)
                            ? new Profile(enforced.kind(), version(Mode.WARN, labels))
                            : enforced)
                    .ifPresent(profile -> levels.put(Mode.WARN, profile));
        }
        levels.values().removeIf(Profile.PRIVILEGED::equals);
        return levels;
    }

    /** Whether a label of that name is one of Pod Security's. */
    static boolean isLabel(String name) {
        return name.startsWith(PREFIX);
    }

    private static Optional<Profile> level(Mode mode, Map<String, String> labels) {
        return Optional.ofNullable(labels.get(key(mode)))
                .filter(label -> !label.contains("@"))
                .flatMap(Profile::parse)
                .filter(profile -> profile.equals(Profile.PRIVILEGED)
                        || profile.podSecurityLevel().isPresent())
                .map(profile -> profile.equals(Profile.PRIVILEGED)
                        ? profile
                        : new Profile(profile.kind(), version(mode, labels)));
    }

    private static Optional<Profile> fallback(Map<String, String> labels) {
        return labels.containsKey(key(Mode.ENFORCE))
                ? Optional.of(new Profile(Profile.Kind.RESTRICTED, version(Mode.ENFORCE, labels)))
                : Optional.empty();
    }

    private static PodSecurityVersion version(Mode mode, Map<String, String> labels) {
        return Optional.ofNullable(labels.get(key(mode) + VERSION))
                .flatMap(PodSecurityVersion::parse)
                .orElse(PodSecurityVersion.LATEST);
    }

    private static String key(Mode mode) {
        return PREFIX + mode.label();
    }
}

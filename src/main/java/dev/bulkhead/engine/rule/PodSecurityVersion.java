package dev.bulkhead.engine.rule;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the Pod Security Standards: {@code latest} or {@code v1.N}.
 *
 * @param minor the N of a pin; {@link Integer#MAX_VALUE} for latest
 */
public record PodSecurityVersion(int minor) {
    public static final PodSecurityVersion LATEST = new PodSecurityVersion(Integer.MAX_VALUE);

    private static final Pattern PIN = Pattern.compile("v1\\.(0|[1-9][0-9]{0,8})");

    public static PodSecurityVersion of(int minor) {
        return new PodSecurityVersion(minor);
    }

    /** Reads {@code latest} or {@code v1.N}; anything else is empty. */
    public static Optional<PodSecurityVersion> parse(String text) {
        if (text.equals("latest")) {
            return Optional.of(LATEST);
        }
        Matcher pin = PIN.matcher(text);
        return pin.matches() ? Optional.of(of(Integer.parseInt(pin.group(1)))) : Optional.empty();
    }

    /** Whether it follows the cluster's version. */
    public boolean isLatest() {
        return minor == Integer.MAX_VALUE;
    }

    /** This version, or the newest one that the cluster knows if this one is newer. */
    public PodSecurityVersion clampedTo(int clusterMinor) {
        return minor > clusterMinor ? of(clusterMinor) : this;
    }

    @Override
    public String toString() {
        return isLatest() ? "latest" : "v1." + minor;
    }
}

package dev.bulkhead.app.api;

import dev.bulkhead.engine.policy.Profile;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to evaluate a manifest.
 *
 * @param profile instead of the policies in force
 * @param minor the minor version of Kubernetes to assume, instead of the cluster's
 * @param namespace of the objects that name none
 */
public record CheckParameters(Optional<Profile> profile, Optional<Integer> minor, String namespace) {
    private static final Pattern KUBERNETES = Pattern.compile("v?1\\.(0|[1-9][0-9]{0,3})");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /**
     * Reads what a client wrote.
     *
     * @throws ProblemException where it cannot be used
     */
    static CheckParameters of(Optional<String> profile, Optional<String> kubeVersion, Optional<String> namespace) {
        return new CheckParameters(
                profile.map(CheckParameters::profile),
                kubeVersion.map(CheckParameters::minor),
                namespace.map(CheckParameters::namespace).orElse("default"));
    }

    private static Profile profile(String text) {
        return Profile.parse(text).orElseThrow(() -> QueryParameters.wrong("profile", Profile.NAMES, text));
    }

    private static int minor(String text) {
        Matcher version = KUBERNETES.matcher(text);
        if (!version.matches()) {
            throw QueryParameters.wrong("kubeVersion", "a version such as 1.33", text);
        }
        return Integer.parseInt(version.group(1));
    }

    private static String namespace(String text) {
        if (!NAMESPACE.matcher(text).matches()) {
            throw QueryParameters.wrong("namespace", "the name of a namespace", text);
        }
        return text;
    }
}

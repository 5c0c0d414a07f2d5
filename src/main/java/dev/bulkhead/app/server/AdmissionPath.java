package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionService.Path;
import java.util.Optional;

/**
 * What a URL path asks for.
 *
 * @param path the kind of answer
 * @param profile the profile that the URL pins
 */
record AdmissionPath(Path path, Optional<String> profile) {
    private static final String VALIDATE = "/validate";
    private static final String MUTATE = "/mutate";

    /** Parses a URL path; empty when it is not one of the webhook's. Only this exact spelling is accepted. */
    static Optional<AdmissionPath> of(String urlPath) {
        return under(VALIDATE, Path.VALIDATE, urlPath).or(() -> under(MUTATE, Path.MUTATE, urlPath));
    }

    private static Optional<AdmissionPath> under(String prefix, Path path, String urlPath) {
        if (!urlPath.startsWith(prefix)) {
            return Optional.empty();
        }
        if (urlPath.length() == prefix.length()) {
            return Optional.of(new AdmissionPath(path, Optional.empty()));
        }
        String rest = urlPath.substring(prefix.length());
        if (rest.charAt(0) != '/' || rest.length() == 1 || rest.indexOf('/', 1) > 0) {
            return Optional.empty();
        }
        // The only character of a profile's name that a client may escape.
        return Optional.of(new AdmissionPath(path, Optional.of(rest.substring(1).replace("%40", "@"))));
    }
}

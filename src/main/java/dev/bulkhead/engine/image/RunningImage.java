package dev.bulkhead.engine.image;

import java.util.List;
import java.util.Optional;

/**
 * An image of which containers run now.
 *
 * @param versions what its name stands for; several where a tag was moved and pods of both run
 * @param namespaces in how many namespaces it runs
 */
public record RunningImage(List<Version> versions, int namespaces) {
    /**
     * An image by its digest.
     *
     * @param digest empty where the runtime does not say it
     * @param user as whom its containers run, where a pod leaves that to the image
     * @param since when the youngest pod of it was created, as the API server writes it
     */
    public record Version(Optional<String> digest, Optional<ObservedUser> user, String since) {}

    public RunningImage {
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("no version");
        }
        versions = List.copyOf(versions);
    }

    /** As whom containers of it run, whatever the version. */
    Optional<ObservedUser> user() {
        return versions.stream().map(Version::user).flatMap(Optional::stream).reduce(ObservedUser::and);
    }
}

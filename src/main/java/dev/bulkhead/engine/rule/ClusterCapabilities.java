package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.KnownImages;
import dev.bulkhead.engine.workload.ClaimLookup;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Optional;
import java.util.Set;

/**
 * What the cluster supports, as far as rules depend on it.
 *
 * @param minor the minor version of its Kubernetes 1
 * @param runtimeClasses the RuntimeClasses it has; empty when no cluster can be asked
 * @param claims the volumes behind claims
 * @param images what is known of images besides what a policy says
 */
public record ClusterCapabilities(
        int minor, Optional<Set<String>> runtimeClasses, ClaimLookup claims, ImageLookup images) {
    /** The newest minor version whose Pod Security checks Bulkhead knows; the default without a cluster. */
    public static final int NEWEST_MINOR = 37;

    /** User namespaces are on by default from this minor version on (KEP-127). */
    private static final int USER_NAMESPACES_SINCE = 33;

    private static final int MODE_OF_EMPTY_DIR_SINCE = 37;

    public ClusterCapabilities {
        runtimeClasses = runtimeClasses.map(ImmutableCopies::of);
    }

    /** A cluster in which nothing more is known of images than everywhere. */
    public ClusterCapabilities(int minor, Optional<Set<String>> runtimeClasses, ClaimLookup claims) {
        this(minor, runtimeClasses, claims, KnownImages.LOOKUP);
    }

    /** A cluster without knowledge of claims. */
    public ClusterCapabilities(int minor, Optional<Set<String>> runtimeClasses) {
        this(minor, runtimeClasses, ClaimLookup.NONE);
    }

    /** No cluster, only a version. */
    public static ClusterCapabilities offline(int minor) {
        return new ClusterCapabilities(minor, Optional.empty());
    }

    public boolean hasUserNamespaces() {
        return minor >= USER_NAMESPACES_SINCE;
    }

    /**
     * Whether its API has the field {@code emptyDir.mode} (alpha); an API server in which it is switched off drops it.
     */
    public boolean knowsModeOfEmptyDir() {
        return minor >= MODE_OF_EMPTY_DIR_SINCE;
    }

    /** Whether that RuntimeClass exists; assumed without a cluster. */
    public boolean hasRuntimeClass(String name) {
        return runtimeClasses.map(classes -> classes.contains(name)).orElse(true);
    }
}

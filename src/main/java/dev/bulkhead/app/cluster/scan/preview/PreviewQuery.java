package dev.bulkhead.app.cluster.scan.preview;

import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked of a preview.
 *
 * @param basis what would be enforced
 * @param namespaces where, by name; empty for everywhere. A set without names is nowhere.
 */
public record PreviewQuery(Basis basis, Optional<Set<String>> namespaces) {
    public PreviewQuery {
        namespaces = namespaces.map(ImmutableCopies::of);
    }

    /** What would be enforced. */
    public sealed interface Basis {
        /** A profile, for everything. */
        record OfProfile(Profile profile) implements Basis {}

        /** The policies of the cluster, in mode enforce. */
        record Enforcing() implements Basis {}

        /** The policies of the cluster, with these labels on the namespaces. */
        record OfLabels(Map<String, String> labels) implements Basis {
            public OfLabels {
                labels = ImmutableCopies.of(labels);
            }
        }

        /**
         * Policies and exemptions, in mode enforce.
         *
         * @param yaml their documents
         * @param beside whether beside the policies of the cluster, or instead of them
         */
        record OfDocuments(String yaml, boolean beside) implements Basis {}
    }
}

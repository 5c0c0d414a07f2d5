package dev.bulkhead.app.cluster.scan.preview;

import dev.bulkhead.app.cluster.scan.Inventory;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.preview.ObservedPod;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ImmutableCopies;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What is known of a cluster when a preview is made.
 *
 * @param namespaces what is known of a namespace, by its name
 * @param observed what pods show, by uid
 * @param written how many bytes the containers of pods have written to their root file systems, by the pod's uid and the
 *     container's name; only more than the runtime writes
 * @param excludedNamespaces whose workloads admission does not evaluate
 * @param ownerLabels which labels say to whom a workload belongs
 */
public record PreviewInput(
        Inventory inventory,
        WorkloadKinds kinds,
        ClusterCapabilities cluster,
        Function<String, Namespace> namespaces,
        Map<String, ObservedPod> observed,
        Map<String, Map<String, Long>> written,
        Set<String> excludedNamespaces,
        OwnerLabels ownerLabels) {
    public PreviewInput {
        observed = ImmutableCopies.of(observed);
        written = ImmutableCopies.of(written);
        excludedNamespaces = ImmutableCopies.of(excludedNamespaces);
    }

    /** The namespaces of these that admission evaluates; of all, if none are named. */
    Predicate<String> evaluated(Optional<Set<String>> wanted) {
        return name -> !excludedNamespaces.contains(name)
                && wanted.map(names -> names.contains(name)).orElse(true);
    }
}

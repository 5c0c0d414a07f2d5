package dev.bulkhead.engine.export;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The policies in force, as the API server evaluates them itself.
 *
 * @param policies in the order of their names
 * @param mutating what fills in, before they are asked, what is unset; empty if nothing is filled in
 * @param limits what they do not say, or say differently
 * @param excluded the namespaces that no policy is asked about, by name
 */
public record SecondLayer(
        List<ValidatingPolicy> policies, Optional<MutatingPolicy> mutating, List<Limit> limits, Set<String> excluded) {
    public SecondLayer {
        policies = List.copyOf(policies);
        limits = List.copyOf(limits);
        excluded = ImmutableCopies.of(excluded);
    }

    /** The same, which fills in nothing. */
    public SecondLayer withoutMutating() {
        List<Limit> others = limits.stream()
                .filter(limit ->
                        mutating.stream().noneMatch(policy -> policy.limits().contains(limit)))
                .toList();
        return new SecondLayer(policies, Optional.empty(), others, excluded);
    }

    /** The end of the names of policies that the API server reads from files. */
    private static final String STATIC_SUFFIX = ".static.k8s.io";

    /** The same under names that the API server accepts in its static admission manifests. */
    public SecondLayer asStaticManifests() {
        return new SecondLayer(
                policies.stream()
                        .map(policy -> policy.named(policy.name() + STATIC_SUFFIX))
                        .toList(),
                mutating.map(policy -> policy.named(policy.name() + STATIC_SUFFIX)),
                limits,
                excluded);
    }

    /**
     * A difference between the webhook and the exported policies.
     *
     * @param about the id of the rule, or the name of a policy or exemption, or nothing
     * @param missing whether the rule is not exported at all
     * @param text a sentence without its end
     */
    public record Limit(String about, boolean missing, String text) {}
}

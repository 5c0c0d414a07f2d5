package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An immutable snapshot of the policies and exemptions in force, which gives the effective rules for a workload. Where
 * several policies match, all of them apply and the strictest action per finding stands; the fallback applies where
 * none matches. Results are cached by the policies that match and by what the namespace's labels ask for, so that
 * neither time nor memory grows with the names that callers choose.
 */
public final class PolicySet {
    /** Label of a namespace: the profile of its workloads. */
    public static final String PROFILE_LABEL = "bulkhead.dev/profile";

    /** Label of a namespace: the mode of its workloads. */
    public static final String MODE_LABEL = "bulkhead.dev/mode";

    private static final long REMEMBERED_BYTES = 8 << 20;

    /** The size of a cache key: a set of policies, and what a namespace's labels ask for. */
    private static final int KEY_BYTES = 512;

    private static final BitSet NOBODY = new BitSet();

    /** The policies with selectors, then the fallback, if there is one. */
    private final List<Policy> policies;

    private final Optional<Policy> fallback;
    private final List<Exemption> exemptions;
    private final Map<String, ExemptionIndex> exemptionsByNamespace;
    private final SelectorIndex namespaceSelectors;
    private final SelectorIndex workloadSelectors;

    /** The policies that exclude a namespace by its name. */
    private final Map<String, BitSet> excluding = new HashMap<>();

    private final BitSet selective = new BitSet();
    private final BitSet readingOwnLabels = new BitSet();
    private final BitSet readingPodSecurityLabels = new BitSet();
    private final boolean readsNamespaces;
    private final BoundedCache<Key, EffectiveRules> remembered = new BoundedCache<>(
            REMEMBERED_BYTES, (key, rules) -> KEY_BYTES + key.matching().size() / Byte.SIZE + rules.bytes());

    private record Key(BitSet matching, NamespaceLabelPolicy labels, int clusterMinor) {
        /** The generated one costs a command more to link than to run. */
        @Override
        public int hashCode() {
            return 31 * (31 * matching.hashCode() + labels.hashCode()) + clusterMinor;
        }
    }

    /** A set without a fallback: workloads that no policy matches are not evaluated. */
    public PolicySet(List<Policy> policies, List<Exemption> exemptions) {
        this(policies, Optional.empty(), exemptions);
    }

    /**
     * A set with a fallback.
     *
     * @param fallback the policy for workloads that no other matches, except in namespaces that one of them excludes
     *     by name
     */
    public PolicySet(List<Policy> policies, Optional<Policy> fallback, List<Exemption> exemptions) {
        List<Policy> all = new ArrayList<>(
                policies.stream().sorted(Comparator.comparing(Policy::name)).toList());
        // A policy that matches everything except what it excludes leaves nothing for the fallback.
        this.fallback =
                all.stream().anyMatch(policy -> policy.match().selectsEverything()) ? Optional.empty() : fallback;
        this.namespaceSelectors = new SelectorIndex(
                all.stream().map(policy -> policy.match().namespaces()).toList());
        this.workloadSelectors = new SelectorIndex(
                all.stream().map(policy -> policy.match().workloads()).toList());
        this.fallback.ifPresent(all::add);
        this.policies = List.copyOf(all);
        this.exemptions = List.copyOf(exemptions);
        this.exemptionsByNamespace = byNamespace(exemptions);
        for (int i = 0; i < this.policies.size(); i++) {
            Policy policy = this.policies.get(i);
            int place = i;
            policy.match()
                    .excludedNamespaces()
                    .forEach(name ->
                            excluding.computeIfAbsent(name, key -> new BitSet()).set(place));
            selective.set(i, !policy.match().workloads().matchesEverything());
            readingOwnLabels.set(i, policy.namespaceLabels() != NamespaceLabels.IGNORE);
            readingPodSecurityLabels.set(i, policy.podSecurityLabels());
        }
        this.readsNamespaces = this.policies.stream().anyMatch(Policy::readsNamespaces);
    }

    private static Map<String, ExemptionIndex> byNamespace(List<Exemption> exemptions) {
        Map<String, List<Exemption>> byNamespace = new HashMap<>();
        exemptions.forEach(exemption -> exemption
                .match()
                .namespaces()
                .forEach(namespace -> byNamespace
                        .computeIfAbsent(namespace, name -> new ArrayList<>())
                        .add(exemption)));
        Map<String, ExemptionIndex> index = new HashMap<>();
        byNamespace.forEach((namespace, all) -> index.put(namespace, new ExemptionIndex(all)));
        return ImmutableCopies.of(index);
    }

    /** That profile for every workload, without exemptions. */
    public static PolicySet of(Profile profile) {
        return new PolicySet(List.of(Policy.builtIn(profile)), List.of());
    }

    /** That profile for every workload, whatever labels the namespaces carry, without exemptions. */
    public static PolicySet pinned(Profile profile) {
        Policy builtIn = Policy.builtIn(profile);
        return new PolicySet(
                List.of(new Policy(
                        builtIn.name(),
                        builtIn.match(),
                        profile,
                        builtIn.mode(),
                        NamespaceLabels.IGNORE,
                        builtIn.rules(),
                        builtIn.settings())),
                List.of());
    }

    /** The same policies with these exemptions instead. */
    public PolicySet with(List<Exemption> others) {
        int selecting = policies.size() - (fallback.isPresent() ? 1 : 0);
        return new PolicySet(policies.subList(0, selecting), fallback, others);
    }

    /** Whether a namespace's labels matter, and not only its name. */
    public boolean readsNamespaces() {
        return readsNamespaces;
    }

    /** Every policy that can apply to a workload; the fallback, if it can apply, is the last. */
    public List<Policy> policies() {
        return policies;
    }

    /** The policy for workloads that no other matches; empty where there is none or it can never apply. */
    public Optional<Policy> fallback() {
        return fallback;
    }

    public List<Exemption> exemptions() {
        return exemptions;
    }

    /**
     * The rules for a workload in that namespace whose pods carry those labels, which are read only if a policy
     * selects by them.
     */
    public EffectiveRules rulesFor(
            Namespace namespace, Supplier<Map<String, String>> podLabels, ClusterCapabilities cluster) {
        BitSet matching = covering(namespace);
        if (matching.intersects(selective)) {
            matching.and(workloadSelectors.matching(podLabels.get()));
        }
        if (matching.isEmpty() && fallback.isPresent() && !excluding.containsKey(namespace.name())) {
            matching.set(policies.size() - 1);
        }
        NamespaceLabelPolicy labels = NamespaceLabelPolicy.of(
                namespace.labels(),
                matching.intersects(readingOwnLabels),
                matching.intersects(readingPodSecurityLabels));
        return remembered
                .get(
                        new Key(matching, labels, cluster.minor()),
                        () -> PolicyCombination.of(
                                matching.stream().mapToObj(policies::get).toList(), labels, cluster.minor()))
                .with(exemptionsByNamespace.getOrDefault(namespace.name(), ExemptionIndex.EMPTY));
    }

    /** The policies, without the fallback, that match some or all workloads in that namespace, by index. */
    BitSet covering(Namespace namespace) {
        BitSet covering = namespaceSelectors.matching(namespace.labels());
        covering.andNot(excluding.getOrDefault(namespace.name(), NOBODY));
        return covering;
    }

    /** Whether two states of a namespace are equivalent: no label that matters has changed. */
    public boolean haveSameRules(Namespace before, Namespace after) {
        BitSet matching = covering(before);
        if (!matching.equals(covering(after))) {
            return false;
        }
        fallback.ifPresent(policy -> matching.set(policies.size() - 1));
        boolean own = matching.intersects(readingOwnLabels);
        boolean podSecurity = matching.intersects(readingPodSecurityLabels);
        return NamespaceLabelPolicy.of(before.labels(), own, podSecurity)
                .equals(NamespaceLabelPolicy.of(after.labels(), own, podSecurity));
    }

    /** Which policies cover the workloads of a namespace. */
    public enum Coverage {
        /** Policies cover all of them, whatever labels they carry. */
        POLICIES,
        /** The fallback covers all of them, or those whose labels no policy selects. */
        FALLBACK,
        /** Nothing covers them, or those whose labels no policy selects. */
        NOTHING
    }

    /** Which policies cover the workloads of that namespace. */
    public Coverage coverageOf(Namespace namespace) {
        BitSet covering = covering(namespace);
        covering.andNot(selective);
        if (!covering.isEmpty()) {
            return Coverage.POLICIES;
        }
        return fallback.isPresent() && !excluding.containsKey(namespace.name()) ? Coverage.FALLBACK : Coverage.NOTHING;
    }

    /** The size of the caches in bytes. */
    long rememberedBytes() {
        return remembered.bytes() + namespaceSelectors.rememberedBytes() + workloadSelectors.rememberedBytes();
    }
}

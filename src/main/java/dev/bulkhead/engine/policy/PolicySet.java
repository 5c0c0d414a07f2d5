package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.Policy.PolicySettings;
import dev.bulkhead.engine.policy.Policy.RuleOverride;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.rule.RuleAction;
import dev.bulkhead.engine.rule.VersionedCheck;
import dev.bulkhead.engine.rule.check.RuleRegistry;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The policies and exemptions in force: an immutable snapshot that answers what they demand of a workload. Where several
 * policies match, all of them apply and the strictest action stands for each finding; what none matches is the fallback's.
 * Answers are remembered by the policies that match and by what the labels of the namespace ask for, so that their cost
 * does not grow with the number of policies, and their memory not with the names that callers make up.
 */
public final class PolicySet {
    /** On a namespace: a profile for its workloads. */
    public static final String PROFILE_LABEL = "bulkhead.dev/profile";

    /** On a namespace: a mode for its workloads. */
    public static final String MODE_LABEL = "bulkhead.dev/mode";

    private static final long REMEMBERED_BYTES = 8 << 20;

    /** A set of policies, and what a namespace's labels ask for. */
    private static final int KEY_BYTES = 512;

    private static final BitSet NOBODY = new BitSet();

    /** Those that match by their own selectors, and last the fallback, where there is one. */
    private final List<Policy> policies;

    private final Optional<Policy> fallback;
    private final List<Exemption> exemptions;
    private final Map<String, ExemptionIndex> exemptionsByNamespace;
    private final SelectorIndex namespaceSelectors;
    private final SelectorIndex workloadSelectors;

    /** By the names of namespaces that policies exclude: those policies. */
    private final Map<String, BitSet> excluding = new HashMap<>();

    private final BitSet selective = new BitSet();
    private final BitSet readingOwnLabels = new BitSet();
    private final BitSet readingPodSecurityLabels = new BitSet();
    private final boolean readsNamespaces;
    private final BoundedCache<Key, EffectiveRules> remembered = new BoundedCache<>(
            REMEMBERED_BYTES, (key, demands) -> KEY_BYTES + key.matching().size() / Byte.SIZE + demands.bytes());

    private record Key(BitSet matching, NamespaceLabelPolicy labels, int clusterMinor) {}

    /** These policies; what none of them matches is not judged. */
    public PolicySet(List<Policy> policies, List<Exemption> exemptions) {
        this(policies, Optional.empty(), exemptions);
    }

    /**
     * These policies.
     *
     * @param fallback what workloads are judged by that none of the others matches, except in namespaces that one of
     *     them excludes by name
     */
    public PolicySet(List<Policy> policies, Optional<Policy> fallback, List<Exemption> exemptions) {
        List<Policy> all = new ArrayList<>(
                policies.stream().sorted(Comparator.comparing(Policy::name)).toList());
        // Beside a policy that matches everything else than what it excludes, there is nothing to fall back from.
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

    /** That profile for everything, with no exemptions. */
    public static PolicySet of(Profile profile) {
        return new PolicySet(List.of(Policy.builtIn(profile)), List.of());
    }

    /** That profile for everything, whatever the namespaces' labels say, with no exemptions. */
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

    /** Whether anything but the name of a namespace counts. */
    public boolean readsNamespaces() {
        return readsNamespaces;
    }

    /** Every policy that some workload may be judged by; the fallback, if it may be needed, is the last. */
    public List<Policy> policies() {
        return policies;
    }

    /** What is judged by it that no other policy matches; empty where there is none or nothing is left for it. */
    public Optional<Policy> fallback() {
        return fallback;
    }

    public List<Exemption> exemptions() {
        return exemptions;
    }

    /** What is demanded of a workload in that namespace whose pods carry those labels, which few policies ask for. */
    public EffectiveRules demandsOn(
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
                .get(new Key(matching, labels, cluster.minor()), () -> compile(matching, labels, cluster.minor()))
                .with(exemptionsByNamespace.getOrDefault(namespace.name(), ExemptionIndex.EMPTY));
    }

    /** The policies but the fallback that are for some or all workloads in that namespace, by their places. */
    BitSet covering(Namespace namespace) {
        BitSet covering = namespaceSelectors.matching(namespace.labels());
        covering.andNot(excluding.getOrDefault(namespace.name(), NOBODY));
        return covering;
    }

    /** Whether all workloads are judged alike in two states of a namespace: no label that counts has changed. */
    public boolean judgeAlike(Namespace before, Namespace after) {
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

    /** What judges the workloads of a namespace. */
    public enum Coverage {
        /** Policies, whatever the workloads' labels are. */
        POLICIES,
        /** The fallback judges all of them, or those whose labels no policy selects. */
        FALLBACK,
        /** Nothing judges any of them, or those whose labels no policy selects. */
        NOTHING
    }

    /** What judges the workloads of that namespace. */
    public Coverage coverageOf(Namespace namespace) {
        BitSet covering = covering(namespace);
        covering.andNot(selective);
        if (!covering.isEmpty()) {
            return Coverage.POLICIES;
        }
        return fallback.isPresent() && !excluding.containsKey(namespace.name()) ? Coverage.FALLBACK : Coverage.NOTHING;
    }

    /** How much is remembered, in bytes. */
    long rememberedBytes() {
        return remembered.bytes() + namespaceSelectors.rememberedBytes() + workloadSelectors.rememberedBytes();
    }

    private EffectiveRules compile(BitSet places, NamespaceLabelPolicy labels, int clusterMinor) {
        List<Policy> matching = places.stream().mapToObj(policies::get).toList();
        Map<RevisionOfRule, Gathered> clauses = new LinkedHashMap<>();
        List<String> profiles = new ArrayList<>();
        PolicySettings settings = PolicySettings.NONE;
        for (Policy policy : matching) {
            for (Policy part : labels.partsOf(policy)) {
                addClauses(clauses, part, clusterMinor);
                if (!profiles.contains(part.profile().toString())) {
                    profiles.add(part.profile().toString());
                }
            }
            settings = settings.orElse(policy.settings());
        }
        List<EffectiveRules.RuleDemands> rules = clauses.values().stream()
                .map(of -> new EffectiveRules.RuleDemands(of.rule(), of.revision(), of.clauses()))
                .sorted(Comparator.comparingInt(demands -> RuleRegistry.ALL.indexOf(demands.rule())))
                .toList();
        return new EffectiveRules(
                matching.stream().map(Policy::name).toList(),
                profiles.isEmpty() ? Profile.PRIVILEGED.toString() : String.join("+", profiles),
                rules,
                settings.withDefaults(),
                ExemptionIndex.EMPTY);
    }

    private record RevisionOfRule(Rule rule, int since) {}

    /** What policies want done about a rule, while there are more of them to come. */
    private record Gathered(Rule rule, VersionedCheck revision, List<PolicyAction> clauses) {}

    private static void addClauses(Map<RevisionOfRule, Gathered> clauses, Policy policy, int clusterMinor) {
        Map<String, RuleOverride> open = new LinkedHashMap<>(policy.rules());
        for (ProfileRule demanded : policy.profile().demands(clusterMinor)) {
            Optional<RuleOverride> override =
                    Optional.ofNullable(open.remove(demanded.rule().id()));
            add(clauses, policy, demanded, override.orElse(RuleOverride.NONE));
        }
        // What the policy names beyond its profile is taken at its newest revision.
        open.forEach((id, override) -> RuleRegistry.named(id)
                .flatMap(rule -> rule.revisionAt(
                                Profile.LEAST_PRIVILEGE.version().clampedTo(clusterMinor))
                        .map(revision -> new ProfileRule(rule, revision, RuleAction.OFF)))
                .ifPresent(demanded -> add(clauses, policy, demanded, override)));
    }

    private static void add(
            Map<RevisionOfRule, Gathered> clauses, Policy policy, ProfileRule demanded, RuleOverride override) {
        RuleAction demand = override.action().map(RuleAction::of).orElse(demanded.demand());
        if (demand.equals(RuleAction.OFF)) {
            return;
        }
        PolicyAction clause = new PolicyAction(
                demand, policy.mode(), override.allow(), policy.profile().podSecurityPin());
        clauses.computeIfAbsent(
                        new RevisionOfRule(demanded.rule(), demanded.revision().since()),
                        key -> new Gathered(demanded.rule(), demanded.revision(), new ArrayList<>()))
                .clauses()
                .add(clause);
    }
}

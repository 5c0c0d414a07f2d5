package dev.bulkhead.policy;

import dev.bulkhead.policy.Policy.NamespaceLabels;
import dev.bulkhead.policy.Policy.PolicySettings;
import dev.bulkhead.policy.Policy.RuleOverride;
import dev.bulkhead.rule.Cluster;
import dev.bulkhead.rule.Demand;
import dev.bulkhead.rule.Rule;
import dev.bulkhead.rule.Rules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The policies and exemptions in force: an immutable snapshot that answers what they demand of a workload. Where several
 * policies match, all of them apply and the strictest action stands for each finding. Answers are remembered, so that
 * their cost does not grow with the number of policies.
 */
public final class Policies {
    /** On a namespace: a profile for its workloads. */
    public static final String PROFILE_LABEL = "bulkhead.dev/profile";

    /** On a namespace: a mode for its workloads. */
    public static final String MODE_LABEL = "bulkhead.dev/mode";

    /** What is remembered at most; names come from outside, so that it must not grow without bound. */
    private static final int REMEMBERED = 10_000;

    private final List<Policy> policies;
    private final List<Exemption> exemptions;
    private final Map<String, List<Exemption>> exemptionsByNamespace;
    private final boolean readsNamespaces;
    private final Map<Key, InNamespace> byNamespace = new ConcurrentHashMap<>();

    private record Key(Namespace namespace, int clusterMinor) {}

    /** The policies that cover a namespace, and what was demanded there so far, by which of them matched the workload. */
    private record InNamespace(List<Policy> covering, boolean selective, Map<BitSet, Demands> demands) {}

    public Policies(List<Policy> policies, List<Exemption> exemptions) {
        this.policies =
                policies.stream().sorted(Comparator.comparing(Policy::name)).toList();
        this.exemptions = List.copyOf(exemptions);
        Map<String, List<Exemption>> index = new LinkedHashMap<>();
        exemptions.stream()
                .sorted(Comparator.comparing(Exemption::name))
                .forEach(exemption -> exemption
                        .match()
                        .namespaces()
                        .forEach(namespace -> index.computeIfAbsent(namespace, name -> new ArrayList<>())
                                .add(exemption)));
        this.exemptionsByNamespace = Map.copyOf(index);
        this.readsNamespaces = policies.stream().anyMatch(Policy::readsNamespaces);
    }

    /** That profile for everything, with no exemptions. */
    public static Policies of(Profile profile) {
        return new Policies(List.of(Policy.builtIn(profile)), List.of());
    }

    /** That profile for everything, whatever the namespaces' labels say, with no exemptions. */
    public static Policies pinned(Profile profile) {
        Policy builtIn = Policy.builtIn(profile);
        return new Policies(
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

    public List<Policy> policies() {
        return policies;
    }

    public List<Exemption> exemptions() {
        return exemptions;
    }

    /** What is demanded of a workload in that namespace whose pods carry those labels, which few policies ask for. */
    public Demands demandsOn(Namespace namespace, Supplier<Map<String, String>> podLabels, Cluster cluster) {
        InNamespace here = remember(byNamespace, new Key(namespace, cluster.minor()), () -> covering(namespace));
        BitSet matching = new BitSet(here.covering().size());
        if (here.selective()) {
            Map<String, String> labels = podLabels.get();
            for (int i = 0; i < here.covering().size(); i++) {
                matching.set(i, here.covering().get(i).match().workloads().matches(labels));
            }
        } else {
            matching.set(0, here.covering().size());
        }
        return remember(
                here.demands(),
                matching,
                () -> compile(matching.stream().mapToObj(here.covering()::get).toList(), namespace, cluster.minor()));
    }

    private InNamespace covering(Namespace namespace) {
        List<Policy> covering = policies.stream()
                .filter(policy -> policy.match().covers(namespace))
                .toList();
        boolean selective =
                covering.stream().anyMatch(policy -> !policy.match().workloads().matchesEverything());
        return new InNamespace(covering, selective, new ConcurrentHashMap<>());
    }

    private static <K, V> V remember(Map<K, V> memory, K key, Supplier<V> answer) {
        V remembered = memory.get(key);
        if (remembered != null) {
            return remembered;
        }
        if (memory.size() >= REMEMBERED) {
            memory.clear();
        }
        V fresh = answer.get();
        memory.put(key, fresh);
        return fresh;
    }

    private Demands compile(List<Policy> matching, Namespace namespace, int clusterMinor) {
        Map<RevisionOfRule, Demands.RuleDemands> clauses = new LinkedHashMap<>();
        List<String> profiles = new ArrayList<>();
        PolicySettings settings = PolicySettings.NONE;
        for (Policy policy : matching) {
            for (Policy part : partsOf(policy, namespace)) {
                addClauses(clauses, part, clusterMinor);
                if (!profiles.contains(part.profile().toString())) {
                    profiles.add(part.profile().toString());
                }
            }
            settings = settings.orElse(policy.settings());
        }
        List<Demands.RuleDemands> rules = clauses.values().stream()
                .sorted(Comparator.comparingInt(demands -> Rules.ALL.indexOf(demands.rule())))
                .toList();
        return new Demands(
                matching.stream().map(Policy::name).toList(),
                profiles.isEmpty() ? Profile.PRIVILEGED.toString() : String.join("+", profiles),
                rules,
                settings.withDefaults(),
                exemptionsByNamespace.getOrDefault(namespace.name(), List.of()));
    }

    private record RevisionOfRule(Rule rule, int since) {}

    private static void addClauses(Map<RevisionOfRule, Demands.RuleDemands> clauses, Policy policy, int clusterMinor) {
        Map<String, RuleOverride> open = new LinkedHashMap<>(policy.rules());
        for (Demanded demanded : policy.profile().demands(clusterMinor)) {
            Optional<RuleOverride> override =
                    Optional.ofNullable(open.remove(demanded.rule().id()));
            add(clauses, policy, demanded, override.orElse(RuleOverride.NONE));
        }
        // What the policy names beyond its profile is taken at its newest revision.
        open.forEach((id, override) -> Rules.named(id)
                .flatMap(rule -> rule.revisionAt(
                                Profile.LEAST_PRIVILEGE.version().clampedTo(clusterMinor))
                        .map(revision -> new Demanded(rule, revision, Demand.OFF)))
                .ifPresent(demanded -> add(clauses, policy, demanded, override)));
    }

    private static void add(
            Map<RevisionOfRule, Demands.RuleDemands> clauses, Policy policy, Demanded demanded, RuleOverride override) {
        Demand demand = override.action().map(Demand::of).orElse(demanded.demand());
        if (demand.equals(Demand.OFF)) {
            return;
        }
        Clause clause = new Clause(
                demand, policy.mode(), override.allow(), policy.profile().podSecurityPin());
        clauses.merge(
                new RevisionOfRule(demanded.rule(), demanded.revision().since()),
                new Demands.RuleDemands(demanded.rule(), demanded.revision(), List.of(clause)),
                Demands.RuleDemands::and);
    }

    /** The policy as the labels of the namespace change it; a label's profile comes on top unless it may replace. */
    private static List<Policy> withLabels(Policy policy, Namespace namespace) {
        String profileLabel = namespace.labels().get(PROFILE_LABEL);
        String modeLabel = namespace.labels().get(MODE_LABEL);
        if (policy.namespaceLabels() == NamespaceLabels.IGNORE || (profileLabel == null && modeLabel == null)) {
            return List.of(policy);
        }
        boolean any = policy.namespaceLabels() == NamespaceLabels.ANY;
        // A label that cannot be read was meant to say something, so it is taken for the strict thing.
        Mode asked = modeLabel == null ? policy.mode() : Mode.named(modeLabel).orElse(Mode.ENFORCE);
        Mode mode = any || asked.compareTo(policy.mode()) > 0 ? asked : policy.mode();
        Policy base = with(policy, policy.profile(), mode, policy.rules());
        if (profileLabel == null) {
            return List.of(base);
        }
        Profile profile = Profile.parse(profileLabel).orElse(Profile.LEAST_PRIVILEGE);
        return any
                ? List.of(with(policy, profile, mode, policy.rules()))
                : List.of(base, with(policy, profile, mode, Map.of()));
    }

    /** The policy as the labels of the namespace change it, and what Pod Security's labels demand beside it. */
    private static List<Policy> partsOf(Policy policy, Namespace namespace) {
        List<Policy> own = withLabels(policy, namespace);
        if (!policy.podSecurityLabels()) {
            return own;
        }
        List<Policy> parts = new ArrayList<>(own);
        PodSecurityLabels.levels(namespace.labels())
                .forEach((mode, profile) -> parts.add(with(policy, profile, mode, Map.of())));
        return parts;
    }

    private static Policy with(Policy policy, Profile profile, Mode mode, Map<String, RuleOverride> rules) {
        return new Policy(
                policy.name(), policy.match(), profile, mode, policy.namespaceLabels(), rules, policy.settings());
    }
}

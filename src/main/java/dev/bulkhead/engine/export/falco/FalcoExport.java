package dev.bulkhead.engine.export.falco;

import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.export.falco.FalcoRules.Macro;
import dev.bulkhead.engine.export.falco.FalcoRules.NamedList;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.Policy.NamespaceLabels;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says in Falco's rules what the policies in force rule out. Falco knows a namespace's name but not its labels: without the
 * namespaces, a policy that selects them by other labels is not exported, nor is the fallback beside one.
 */
public final class FalcoExport {
    private static final String FALLBACK = "the built-in policy";

    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Set<String> excluded;
    private final Optional<List<Namespace>> namespaces;
    private final List<Exemption> exemptions;
    private final Map<Watch, List<String>> scopes = new TreeMap<>();
    private final Set<String> unwatched = new TreeSet<>();
    private final FalcoLimits limits = new FalcoLimits();

    private FalcoExport(
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            Set<String> excludedNamespaces,
            Optional<List<Namespace>> namespaces) {
        this.policies = policies;
        this.cluster = cluster;
        this.excluded = ImmutableCopies.of(excludedNamespaces);
        this.namespaces = namespaces.map(all -> all.stream()
                .filter(namespace -> !excludedNamespaces.contains(namespace.name()))
                .sorted(Comparator.comparing(Namespace::name))
                .toList());
        this.exemptions = policies.exemptions().stream()
                .filter(exemption -> now.isBefore(exemption.expires()))
                .sorted(Comparator.comparing(Exemption::name))
                .toList();
    }

    /**
     * The rules that watch what these policies rule out.
     *
     * @param now exemptions that have expired by then are left out
     * @param excludedNamespaces the namespaces that the webhook is not called for
     * @param namespaces the namespaces of the cluster with their labels, and nothing else is watched; empty if unknown
     */
    public static FalcoRules of(
            PolicySet policies,
            ClusterCapabilities cluster,
            Instant now,
            Set<String> excludedNamespaces,
            Optional<List<Namespace>> namespaces) {
        return new FalcoExport(policies, cluster, now, excludedNamespaces, namespaces).export();
    }

    private FalcoRules export() {
        for (Policy policy : policies.policies()) {
            namespaces.ifPresentOrElse(known -> watch(policy, known), () -> watch(policy));
        }
        List<NamedList> lists = new ArrayList<>();
        List<Macro> macros = new ArrayList<>();
        List<FalcoRule> rules = new ArrayList<>();
        if (!scopes.isEmpty()) {
            if (!excluded.isEmpty()) {
                lists.add(new NamedList(
                        RuleTexts.EXCLUDED, excluded.stream().sorted().toList()));
            }
            macros.add(new Macro(RuleTexts.POD, RuleTexts.pod(!excluded.isEmpty())));
            macros.add(new Macro(RuleTexts.STARTING, RuleTexts.starting()));
        }
        Map<Watch.Control, Integer> numbers = new LinkedHashMap<>();
        scopes.forEach((watch, conditions) -> {
            int number = numbers.merge(watch.control(), 1, Integer::sum);
            boolean everywhere = conditions.contains("");
            String macro = RuleTexts.macro(watch.control()) + (number == 1 ? "" : "_" + number);
            if (!everywhere) {
                macros.add(new Macro(macro, FalcoFilter.or(conditions)));
            }
            String scope = "and " + RuleTexts.POD + (everywhere ? "" : " and " + macro);
            rules.addAll(RuleTexts.rules(watch, scope, number, exceptions(watch)));
        });
        if (scopes.keySet().stream().noneMatch(watch -> watch.control() == Watch.Control.FILESYSTEM)) {
            macros.removeIf(macro -> macro.name().equals(RuleTexts.STARTING));
        }
        limits.ofExemptions(exemptions, scopes.keySet());
        return new FalcoRules(lists, macros, rules, limits.all(scopes.keySet(), unwatched, namespaces.isPresent()));
    }

    private Map<Exemption, FalcoException> exceptions(Watch watch) {
        Map<Exemption, FalcoException> exceptions = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (Exemption exemption : exemptions) {
            Excuses.of(exemption, watch).ifPresent(exception -> {
                String name = exception.name();
                for (int i = 2; !names.add(name); i++) {
                    name = exception.name() + "-" + i;
                }
                exceptions.put(exemption, new FalcoException(name, exception.comparisons()));
            });
        }
        return exceptions;
    }

    /** Watches what a policy rules out in namespaces of which all is known. */
    private void watch(Policy policy, List<Namespace> known) {
        Map<Watch, Set<String>> byWatch = new TreeMap<>();
        boolean matched = false;
        for (Namespace namespace : known) {
            if (isFor(policy, namespace)) {
                matched = true;
                EffectiveRules rules =
                        effective(policy, namespace, policy.namespaceLabels(), policy.podSecurityLabels());
                note(rules);
                Watch.of(rules)
                        .forEach(watch -> byWatch.computeIfAbsent(watch, any -> new TreeSet<>())
                                .add(namespace.name()));
            }
        }
        if (!matched) {
            limits.add(name(policy) + " matches none of the namespaces given");
        } else if (byWatch.isEmpty()) {
            limits.nothingToWatch(name(policy), policy.mode());
        }
        byWatch.forEach((watch, names) -> add(watch, scope(policy, known, names)));
    }

    /** Watches what a policy rules out, by the names of namespaces alone. */
    private void watch(Policy policy) {
        List<Watch> watched = Watch.of(noted(effective(policy, Namespace.named("any"), NamespaceLabels.IGNORE, false)));
        if (watched.isEmpty()) {
            limits.nothingToWatch(name(policy), policy.mode());
            return;
        }
        Optional<String> own = FalcoScope.of(ownMatch(policy));
        if (own.isEmpty()) {
            limits.add(name(policy) + " is not watched: it selects namespaces by labels, which Falco does not know;"
                    + " give the cluster's namespaces with --namespaces");
            return;
        }
        Optional<String> scope = scope(policy, own.get());
        if (scope.isEmpty()) {
            limits.add(
                    name(policy) + " is not watched: it is for what no other policy matches, and one of those selects"
                            + " namespaces by labels, which Falco does not know; give the cluster's namespaces with --namespaces");
            return;
        }
        limits.ofLabels(name(policy), policy);
        watched.forEach(watch -> add(watch, scope.get()));
    }

    private void add(Watch watch, String scope) {
        scopes.computeIfAbsent(watch, any -> new ArrayList<>()).add(scope);
    }

    /** The pods of a policy in these namespaces; of the fallback, those that no other policy selects by their labels. */
    private String scope(Policy policy, List<Namespace> known, Set<String> names) {
        List<String> conditions = new ArrayList<>(List.of(FalcoScope.of(policy.match(), names)));
        if (isFallback(policy)) {
            for (Policy other : others()) {
                List<String> selected = known.stream()
                        .filter(namespace -> names.contains(namespace.name())
                                && other.match().covers(namespace))
                        .map(Namespace::name)
                        .toList();
                if (!selected.isEmpty()) {
                    conditions.add(FalcoFilter.not(FalcoScope.of(other.match(), selected)));
                }
            }
        }
        return FalcoFilter.and(conditions);
    }

    /** The pods of a policy in all namespaces; of the fallback, those that no other policy matches, if that can be said. */
    private Optional<String> scope(Policy policy, String own) {
        if (!isFallback(policy)) {
            return Optional.of(own);
        }
        List<String> conditions = new ArrayList<>();
        if (!own.isEmpty()) {
            conditions.add(own);
        }
        for (Policy other : others()) {
            Optional<String> scope = FalcoScope.of(other.match());
            if (scope.isEmpty()) {
                return Optional.empty();
            }
            conditions.add(FalcoFilter.not(scope.get()));
        }
        return Optional.of(FalcoFilter.and(conditions));
    }

    private List<Policy> others() {
        return policies.policies().stream()
                .filter(policy -> !isFallback(policy))
                .toList();
    }

    /** Whether workloads of that namespace may be the policy's. */
    private boolean isFor(Policy policy, Namespace namespace) {
        return isFallback(policy)
                ? policies.coverageOf(namespace) == PolicySet.Coverage.FALLBACK
                : policy.match().covers(namespace);
    }

    /** What a policy matches by itself; the fallback everything that none excludes by its name. */
    private Policy.Match ownMatch(Policy policy) {
        return isFallback(policy)
                ? new Policy.Match(policy.match().namespaces(), policy.match().workloads(), excludedByPolicies())
                : policy.match();
    }

    private Set<String> excludedByPolicies() {
        Set<String> names = new TreeSet<>();
        policies.policies().forEach(policy -> names.addAll(policy.match().excludedNamespaces()));
        return names;
    }

    private EffectiveRules effective(
            Policy policy, Namespace namespace, NamespaceLabels labels, boolean podSecurityLabels) {
        Policy everywhere = new Policy(
                policy.name(),
                Policy.Match.EVERYTHING,
                policy.profile(),
                policy.mode(),
                labels,
                podSecurityLabels,
                policy.rules(),
                policy.settings());
        return new WorkloadEvaluation(new PolicySet(List.of(everywhere), List.of()), cluster, Instant.EPOCH)
                .rulesFor(namespace, Map::of);
    }

    private EffectiveRules noted(EffectiveRules rules) {
        note(rules);
        return rules;
    }

    /** Notes the rules that deny or harden and show in nothing that Falco sees. */
    private void note(EffectiveRules rules) {
        rules.rules().stream()
                .filter(effective -> effective.actions().stream().anyMatch(action -> action.mayHarden()))
                .map(effective -> effective.rule().id())
                .filter(id -> !FalcoLimits.isWatched(id))
                .forEach(unwatched::add);
    }

    private boolean isFallback(Policy policy) {
        return policies.fallback().filter(fallback -> fallback.equals(policy)).isPresent();
    }

    private String name(Policy policy) {
        return isFallback(policy) ? FALLBACK : "policy " + policy.name();
    }
}

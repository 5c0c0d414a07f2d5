package dev.bulkhead.engine.export;

import dev.bulkhead.engine.cel.CelCheck;
import dev.bulkhead.engine.export.RuleVariables.Filling;
import dev.bulkhead.engine.export.SecondLayer.Limit;
import dev.bulkhead.engine.export.SharedVariables.Tolerance;
import dev.bulkhead.engine.policy.EffectiveRules.EffectiveRule;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Mode;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicyAction;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Rule;
import dev.bulkhead.engine.workload.ImmutableCopies;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says the policies in force in CEL. Each policy is exported by itself, so that the strictest one decides as it does in the
 * webhook: what it denies, warns about and records are policies of their own, and so are Pod Security levels, which evaluate
 * a changed pod as a whole.
 */
public final class SecondLayerExport {
    /** Of a policy's name; with what is put around it a name has at most 253 characters. */
    private static final int LONGEST_NAME = 180;

    /** Bulkhead's own rule about annotations. */
    private static final String ANNOTATIONS = "runtimeAnnotations";

    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Set<String> excluded;
    private final Map<String, Exemption> exemptions = new LinkedHashMap<>();
    private final Map<Policy, List<PolicyPart>> parts = new LinkedHashMap<>();
    private final Set<Limit> limits = new LinkedHashSet<>();

    private SecondLayerExport(
            PolicySet policies, ClusterCapabilities cluster, Instant now, Set<String> excludedNamespaces) {
        this.policies = policies;
        this.cluster = cluster;
        this.excluded = ImmutableCopies.of(excludedNamespaces);
        policies.exemptions().stream()
                .filter(exemption -> now.isBefore(exemption.expires()))
                .sorted(Comparator.comparing(Exemption::name))
                .forEach(exemption -> exemptions.put(variableOf(exemption), exemption));
        policies.policies().forEach(policy -> parts.put(policy, PolicyPart.of(policy, cluster)));
    }

    private String variableOf(Exemption exemption) {
        String name = "exemption_" + exemption.name().replaceAll("[^A-Za-z0-9]", "_");
        String unique = name;
        for (int i = 2; exemptions.containsKey(unique); i++) {
            unique = name + "_" + i;
        }
        return unique;
    }

    /**
     * The policies and exemptions in CEL.
     *
     * @param now exemptions that have expired by then are left out
     * @param excludedNamespaces the namespaces that the webhook is not called for
     */
    public static SecondLayer of(
            PolicySet policies, ClusterCapabilities cluster, Instant now, Set<String> excludedNamespaces) {
        return new SecondLayerExport(policies, cluster, now, excludedNamespaces).export();
    }

    private SecondLayer export() {
        List<ValidatingPolicy> exported = new ArrayList<>();
        parts.forEach((policy, itsParts) -> {
            for (boolean podSecurity : new boolean[] {false, true}) {
                for (Effect effect : Effect.values()) {
                    List<Requirement> requirements = requirements(itsParts, podSecurity, effect);
                    if (!requirements.isEmpty()) {
                        exported.add(validating(policy, podSecurity, effect, requirements));
                    }
                }
            }
        });
        MutatingExport mutating = new MutatingExport(cluster, exemptions);
        parts.forEach((policy, itsParts) -> itsParts.forEach(
                part -> mutating.add(isFallback(policy) ? applies(policy) : Conditions.matches(policy), part)));
        Optional<MutatingPolicy> filling = mutating.policy(excluded);
        filling.ifPresent(policy -> limits.addAll(policy.limits()));
        exported.sort(Comparator.comparing(ValidatingPolicy::name));
        limits.addAll(ExportLimits.of(policies, List.copyOf(exemptions.values())));
        return new SecondLayer(exported, filling, List.copyOf(limits), excluded);
    }

    private record Key(Rule rule, int since, ValueFilter values) {}

    /** What the parts require with that effect: each revision of a rule once for the same values. */
    private List<Requirement> requirements(List<PolicyPart> itsParts, boolean podSecurity, Effect effect) {
        Map<Key, Requirement> found = new LinkedHashMap<>();
        Map<Key, List<String>> guards = new HashMap<>();
        for (PolicyPart part : itsParts) {
            for (EffectiveRule effective : part.rules().rules()) {
                PolicyAction action = effective.actions().get(0);
                if (!belongs(part, effective, podSecurity)) {
                    continue;
                }
                Optional<ValueFilter> values = ValueFilter.of(action, effect);
                if (values.isEmpty()) {
                    continue;
                }
                CelCheck check = effective.revision().cel().in(part.rules().settings(), cluster);
                String id = effective.rule().id();
                check.limits()
                        .forEach(
                                text -> limits.add(new Limit(id, check.clauses().isEmpty(), text)));
                if (!check.clauses().isEmpty()) {
                    Key key = new Key(effective.rule(), effective.revision().since(), values.get());
                    guards.computeIfAbsent(key, any -> new ArrayList<>()).add(part.guard());
                    found.putIfAbsent(
                            key,
                            new Requirement(effective.rule(), effective.revision(), check, values.get(), part.guard()));
                }
            }
        }
        return found.entrySet().stream()
                .map(entry -> new Requirement(
                        entry.getValue().rule(),
                        entry.getValue().revision(),
                        entry.getValue().check(),
                        entry.getValue().values(),
                        Conditions.or(guards.getOrDefault(entry.getKey(), List.of("")))))
                .toList();
    }

    private ValidatingPolicy validating(
            Policy policy, boolean podSecurity, Effect effect, List<Requirement> requirements) {
        List<RuleVariables> rules = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>();
        Map<String, Exemption> relevant = new LinkedHashMap<>();
        for (Requirement requirement : requirements) {
            String id = requirement.rule().id();
            Map<String, Exemption> ofRule = new LinkedHashMap<>();
            exemptions.forEach((name, exemption) -> {
                if (!exemption.allow().getOrDefault(id, Set.of()).isEmpty()) {
                    ofRule.put(name, exemption);
                }
            });
            relevant.putAll(ofRule);
            int number = used.merge(id, 1, Integer::sum);
            rules.add(new RuleVariables(
                    number == 1 ? id : id + "_" + number,
                    effect,
                    requirement,
                    ruleId -> fillings(policy, ruleId),
                    ofRule));
        }
        List<Variable> variables = new ArrayList<>();
        variables.add(SharedVariables.namespaceLabels());
        variables.addAll(SharedVariables.requestedByLabels());
        variables.add(SharedVariables.podLabels());
        variables.add(SharedVariables.significant());
        variables.add(SharedVariables.pods(
                tolerance(podSecurity, effect),
                requirements.stream()
                        .anyMatch(requirement -> requirement.check().needsHostPaths())));
        variables.add(SharedVariables.identities());
        relevant.forEach((name, exemption) -> variables.add(SharedVariables.exemption(name, exemption)));
        rules.forEach(rule -> variables.addAll(rule.variables()));
        String applies = Conditions.and(
                List.of(applies(policy), podSecurity || effect != Effect.DENY ? "variables.significant" : ""));
        String violations =
                String.join("\n+ ", rules.stream().map(RuleVariables::violation).toList());
        variables.add(new Variable(
                "violations",
                applies.isEmpty() ? violations : "!" + Conditions.inParentheses(applies) + " ? [] :\n" + violations));
        return new ValidatingPolicy(
                name(policy, podSecurity, effect),
                policy.name(),
                effect.validationAction(),
                scope(policy),
                Used.only(variables, "violations"),
                "violations");
    }

    /** Only denials spare what was there before; a level denies all of a changed pod. */
    private static Tolerance tolerance(boolean podSecurity, Effect effect) {
        if (effect != Effect.DENY) {
            return Tolerance.NOTHING;
        }
        return podSecurity ? Tolerance.IN_TEMPLATES : Tolerance.EVERYWHERE;
    }

    private AdmissionScope scope(Policy policy) {
        Set<String> names = new HashSet<>(excluded);
        if (isFallback(policy)) {
            policies.policies().forEach(other -> names.addAll(other.match().excludedNamespaces()));
            return new AdmissionScope(LabelSelector.EVERYTHING, names);
        }
        names.addAll(policy.match().excludedNamespaces());
        return new AdmissionScope(policy.match().namespaces(), names);
    }

    /** What the binding's namespace selector does not say: the labels of pods; for the fallback, that nothing else matches. */
    private String applies(Policy policy) {
        if (!isFallback(policy)) {
            return Conditions.selector(policy.match().workloads(), "variables.podLabels");
        }
        List<String> others = policies.policies().stream()
                .filter(other -> !isFallback(other))
                .map(other -> "!" + Conditions.inParentheses(Conditions.matches(other)))
                .toList();
        return Conditions.and(others);
    }

    private boolean isFallback(Policy policy) {
        return policies.fallback().filter(fallback -> fallback.equals(policy)).isPresent();
    }

    /** When this policy, or one that matches as well, fills in what is unset for that rule, and by which revision. */
    private List<Filling> fillings(Policy policy, String ruleId) {
        List<Filling> fillings = new ArrayList<>();
        parts.forEach((other, itsParts) -> {
            if (!other.equals(policy) && (isFallback(other) || isFallback(policy))) {
                return;
            }
            String matches = other.equals(policy) ? "" : Conditions.matches(other);
            for (PolicyPart part : itsParts) {
                for (EffectiveRule effective : part.rules().rules()) {
                    if (effective.rule().id().equals(ruleId)
                            && fills(effective.actions().get(0))) {
                        fillings.add(new Filling(
                                Conditions.and(List.of(matches, part.guard())),
                                effective.revision(),
                                effective.revision().cel().in(part.rules().settings(), cluster)));
                    }
                }
            }
        });
        return fillings;
    }

    /**
     * Whether a rule belongs to the policies for Pod Security levels. A level that hardens tolerates in a running pod what is
     * there already, as Bulkhead's own profiles do. Annotations of Bulkhead's own rules count whatever else an update changes.
     */
    private static boolean belongs(PolicyPart part, EffectiveRule effective, boolean podSecurity) {
        if (!part.podSecurity() || fills(effective.actions().get(0))) {
            return !podSecurity;
        }
        return podSecurity || effective.rule().id().equals(ANNOTATIONS);
    }

    private static boolean fills(PolicyAction action) {
        return action.mode() == Mode.ENFORCE && action.action().action() == Action.HARDEN;
    }

    private String name(Policy policy, boolean podSecurity, Effect effect) {
        boolean taken = isFallback(policy)
                && policies.policies().stream()
                        .anyMatch(other -> !other.equals(policy) && other.name().equals(policy.name()));
        String of = policy.name().length() > LONGEST_NAME
                ? policy.name().substring(0, LONGEST_NAME) + "-"
                        + Integer.toHexString(policy.name().hashCode())
                : policy.name();
        return "bulkhead-" + of + (taken ? "-fallback" : "") + (podSecurity ? "-levels" : "") + "-" + effect.label();
    }
}

package dev.bulkhead.engine.policy;

import dev.bulkhead.engine.workload.ImmutableCopies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What evaluates the namespaces of a cluster.
 *
 * @param byPolicy how many each policy is for, by its name
 * @param byPolicies those whose every workload some policy matches
 * @param byFallback those that the fallback evaluates, or those of their workloads that no policy matches
 * @param byNothing those that nothing evaluates, or not those of their workloads that no policy matches
 */
public record Census(
        Map<String, Integer> byPolicy, List<String> byPolicies, List<String> byFallback, List<String> byNothing) {
    public Census {
        byPolicy = ImmutableCopies.of(byPolicy);
        byPolicies = List.copyOf(byPolicies);
        byFallback = List.copyOf(byFallback);
        byNothing = List.copyOf(byNothing);
    }

    /** Of these namespaces, their names in order. */
    public static Census of(PolicySet policies, Collection<Namespace> namespaces) {
        Map<String, Integer> byPolicy = new HashMap<>();
        Map<PolicySet.Coverage, List<String>> byCoverage = new HashMap<>();
        for (Namespace namespace : namespaces) {
            policies.covering(namespace).stream()
                    .mapToObj(policies.policies()::get)
                    .forEach(policy -> byPolicy.merge(policy.name(), 1, Integer::sum));
            byCoverage
                    .computeIfAbsent(policies.coverageOf(namespace), coverage -> new ArrayList<>())
                    .add(namespace.name());
        }
        return new Census(
                byPolicy,
                sorted(byCoverage, PolicySet.Coverage.POLICIES),
                sorted(byCoverage, PolicySet.Coverage.FALLBACK),
                sorted(byCoverage, PolicySet.Coverage.NOTHING));
    }

    private static List<String> sorted(Map<PolicySet.Coverage, List<String>> byCoverage, PolicySet.Coverage coverage) {
        return byCoverage.getOrDefault(coverage, List.of()).stream().sorted().toList();
    }
}

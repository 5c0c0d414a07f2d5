package dev.bulkhead.engine.proposal;

import dev.bulkhead.engine.evaluation.DeniedScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one workload has to be granted. Not thread-safe.
 *
 * <p>The values of a scope stay together, because one exemption has to cover all of them. Scopes share an exemption only if
 * that grants no container what another one needs: containers that need the same, and a pod's values with the containers
 * that these concern.
 */
final class Grants {
    private final Map<DeniedScope.Id, Grant> grants = new TreeMap<>();

    /** The values of one scope. */
    private static final class Grant {
        private boolean wholePod;
        private final Set<String> containers = new TreeSet<>();
        private final Set<String> values = new TreeSet<>();

        Grant copy() {
            Grant copy = new Grant();
            copy.wholePod = wholePod;
            copy.containers.addAll(containers);
            copy.values.addAll(values);
            return copy;
        }
    }

    /** One value of a scope, or one container that it concerns. */
    record Part(DeniedScope.Id scope, Optional<String> value, Optional<String> container) {}

    /**
     * What one exemption grants.
     *
     * @param containers by name, in order; empty for all
     * @param allow values by rule, in order
     * @param scopes what it is for
     */
    record Bundle(Set<String> containers, Map<String, Set<String>> allow, Set<DeniedScope.Id> scopes) {
        Bundle(Set<String> containers) {
            this(containers, new TreeMap<>(), new TreeSet<>());
        }

        void add(DeniedScope.Id scope, Set<String> values) {
            allow.computeIfAbsent(scope.ruleId(), rule -> new TreeSet<>()).addAll(values);
            scopes.add(scope);
        }
    }

    /** Adds what the scope needs. Returns whether it is more than was granted. */
    boolean add(DeniedScope scope) {
        Grant grant = grants.computeIfAbsent(scope.id(), id -> new Grant());
        boolean more = grant.values.addAll(scope.values());
        more |= grant.containers.addAll(scope.containers());
        more |= scope.wholePod() && !grant.wholePod;
        grant.wholePod |= scope.wholePod();
        return more;
    }

    /** What might be superfluous: every value, and every container that values of the pod concern. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        grants.forEach((scope, grant) -> {
            grant.values.forEach(value -> parts.add(new Part(scope, Optional.of(value), Optional.empty())));
            if (scope.container().isEmpty() && !grant.wholePod) {
                grant.containers.forEach(name -> parts.add(new Part(scope, Optional.empty(), Optional.of(name))));
            }
        });
        return parts;
    }

    /** The same without that part; empty if that would be for more containers instead of fewer. */
    Optional<Grants> without(Part part) {
        Grants fewer = copy();
        Grant grant = fewer.grants.get(part.scope());
        if (grant == null) {
            return Optional.empty();
        }
        part.value().ifPresent(grant.values::remove);
        part.container().ifPresent(grant.containers::remove);
        if (grant.values.isEmpty()) {
            fewer.grants.remove(part.scope());
        }
        return part.container().isPresent() && grant.containers.isEmpty() ? Optional.empty() : Optional.of(fewer);
    }

    /** The same without that value of the rule for everything that the exemption is for. */
    Grants without(Bundle bundle, String rule, String value) {
        Grants fewer = copy();
        for (DeniedScope.Id scope : bundle.scopes()) {
            Grant grant = fewer.grants.get(scope);
            if (grant != null && scope.ruleId().equals(rule)) {
                grant.values.remove(value);
                if (grant.values.isEmpty()) {
                    fewer.grants.remove(scope);
                }
            }
        }
        return fewer;
    }

    private Grants copy() {
        Grants copy = new Grants();
        grants.forEach((scope, grant) -> copy.grants.put(scope, grant.copy()));
        return copy;
    }

    /** How many values all scopes have together. */
    int size() {
        return grants.values().stream().mapToInt(grant -> grant.values.size()).sum();
    }

    /**
     * The grants as few exemptions, those that name containers first, in order.
     *
     * @param all the names of all containers of the workload
     */
    List<Bundle> bundles(Set<String> all) {
        List<Bundle> bundles = new ArrayList<>(ofContainers());
        grants.forEach((scope, grant) -> {
            if (scope.container().isEmpty() && !grant.wholePod && !grant.containers.isEmpty()) {
                bundleFor(grant.containers, bundles).add(scope, grant.values);
            }
        });
        grants.forEach((scope, grant) -> {
            if (scope.container().isEmpty() && grant.wholePod) {
                boolean named =
                        bundles.stream().anyMatch(bundle -> bundle.containers().equals(all));
                bundleFor(named ? all : Set.of(), bundles).add(scope, grant.values);
            }
        });
        grants.forEach((scope, grant) -> {
            // A volume that no container mounts: every exemption that allows the value covers it.
            if (scope.container().isEmpty() && !grant.wholePod && grant.containers.isEmpty()) {
                Bundle bundle = bundles.isEmpty() ? bundleFor(Set.of(), bundles) : bundles.get(0);
                bundle.add(scope, grant.values);
            }
        });
        return bundles;
    }

    private static Bundle bundleFor(Set<String> containers, List<Bundle> bundles) {
        for (Bundle bundle : bundles) {
            if (bundle.containers().equals(containers)) {
                return bundle;
            }
        }
        Bundle bundle = new Bundle(new TreeSet<>(containers));
        bundles.add(bundle);
        return bundle;
    }

    private Collection<Bundle> ofContainers() {
        Map<String, Map<String, Set<String>>> byContainer = new TreeMap<>();
        grants.forEach((scope, grant) -> scope.container()
                .ifPresent(container -> byContainer
                        .computeIfAbsent(container, name -> new TreeMap<>())
                        .put(scope.ruleId(), grant.values)));
        Map<Map<String, Set<String>>, Set<String>> byNeed = new LinkedHashMap<>();
        byContainer.forEach((container, allow) ->
                byNeed.computeIfAbsent(allow, need -> new TreeSet<>()).add(container));
        List<Bundle> bundles = new ArrayList<>();
        for (Set<String> containers : byNeed.values()) {
            Bundle bundle = new Bundle(containers);
            grants.forEach((scope, grant) -> scope.container()
                    .filter(containers::contains)
                    .ifPresent(container -> bundle.add(scope, grant.values)));
            bundles.add(bundle);
        }
        return bundles;
    }
}

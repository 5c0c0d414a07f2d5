package dev.bulkhead.app.console.view;

import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.engine.policy.LabelSelector;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.Policy;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.PolicySet.Coverage;
import dev.bulkhead.engine.policy.document.DocumentProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The policies, and what is in force where, as far as a viewer sees that.
 *
 * @param uncovered the namespaces that no policy covers and that admission evaluates
 * @param several the namespaces that several cover
 * @param excluded the namespaces that admission does not evaluate, in which none is in force
 */
public record SeenPolicies(List<Entry> entries, List<String> uncovered, List<Several> several, List<String> excluded) {
    public SeenPolicies {
        entries = List.copyOf(entries);
        uncovered = List.copyOf(uncovered);
        several = List.copyOf(several);
        excluded = List.copyOf(excluded);
    }

    /** A namespace in which a policy is in force. */
    public record Place(String name, long workloads, long denied) {}

    /**
     * A policy.
     *
     * @param fallback whether it is for what no other matches
     * @param selects what it is for, in words
     * @param overrides the rules that it has settings for
     */
    public record Entry(
            String name,
            String profile,
            String mode,
            boolean fallback,
            String selects,
            List<Place> places,
            List<String> overrides,
            List<String> problems) {
        public Entry {
            places = List.copyOf(places);
            overrides = List.copyOf(overrides);
            problems = List.copyOf(problems);
        }

        /** How many workloads it is for. */
        public long workloads() {
            return places.stream().mapToLong(Place::workloads).sum();
        }

        /** How many of them would be denied today. */
        public long denied() {
            return places.stream().mapToLong(Place::denied).sum();
        }
    }

    /** A namespace with several policies. */
    public record Several(String namespace, List<String> policies) {
        public Several {
            policies = List.copyOf(policies);
        }
    }

    /** What the viewer sees of them. */
    public static SeenPolicies of(ConsoleData data, Seen seen) {
        PolicySet set = data.policies().policies();
        Set<String> notEvaluated = data.excludedNamespaces();
        Map<Boolean, List<Namespace>> byExclusion = data.namespaces().stream()
                .filter(namespace -> seen.viewer().sees(namespace.name()))
                .sorted(Comparator.comparing(Namespace::name))
                .collect(Collectors.partitioningBy(namespace -> notEvaluated.contains(namespace.name())));
        List<Namespace> namespaces = byExclusion.getOrDefault(false, List.of());
        List<String> excluded = byExclusion.getOrDefault(true, List.of()).stream()
                .map(Namespace::name)
                .toList();
        Map<String, List<Seen.Row>> rows = seen.rows().stream()
                .collect(Collectors.groupingBy(row -> row.id().namespace(), TreeMap::new, Collectors.toList()));
        Map<String, List<String>> policiesOf = new TreeMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Policy policy : set.policies()) {
            boolean fallback = set.fallback().filter(policy::equals).isPresent();
            List<Namespace> covered = namespaces.stream()
                    .filter(namespace -> fallback
                            ? set.coverageOf(namespace) == Coverage.FALLBACK
                            : policy.match().covers(namespace))
                    .toList();
            if (!covered.isEmpty() || seen.viewer().everything()) {
                entries.add(entry(data, seen.viewer(), policy, fallback, covered, rows));
            }
            covered.forEach(namespace -> policiesOf
                    .computeIfAbsent(namespace.name(), name -> new ArrayList<>())
                    .add(policy.name()));
        }
        List<String> uncovered = namespaces.stream()
                .filter(namespace -> set.coverageOf(namespace) == Coverage.NOTHING)
                .map(Namespace::name)
                .toList();
        List<Several> several = policiesOf.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> new Several(entry.getKey(), entry.getValue()))
                .toList();
        return new SeenPolicies(entries, uncovered, several, excluded);
    }

    private static Entry entry(
            ConsoleData data,
            Viewer viewer,
            Policy policy,
            boolean fallback,
            List<Namespace> covered,
            Map<String, List<Seen.Row>> rows) {
        List<Place> places = new ArrayList<>();
        for (Namespace namespace : covered) {
            List<Seen.Row> there = rows.getOrDefault(namespace.name(), List.of());
            places.add(new Place(
                    namespace.name(),
                    there.size(),
                    there.stream().filter(Seen.Row::isDenied).count()));
        }
        return new Entry(
                policy.name(),
                policy.profile().toString(),
                policy.mode().label(),
                fallback,
                selects(policy.match(), viewer),
                places,
                policy.rules().keySet().stream().sorted().toList(),
                problems(data, policy, viewer));
    }

    /** They can quote namespaces that the viewer does not see. */
    private static List<String> problems(ConsoleData data, Policy policy, Viewer viewer) {
        List<String> problems = data.policies().policyStates().stream()
                .filter(state -> state.identity().name().equals(policy.name()))
                .map(PolicyState::problems)
                .flatMap(List::stream)
                .map(DocumentProblem::message)
                .toList();
        return viewer.everything() || problems.isEmpty() ? problems : List.of("it is not valid as written");
    }

    /** Selectors and exclusions can name namespaces that the viewer does not see. */
    private static String selects(Policy.Match match, Viewer viewer) {
        List<String> parts = new ArrayList<>();
        if (!match.namespaces().matchesEverything()) {
            parts.add(viewer.everything() ? "namespaces with " + text(match.namespaces()) : "some namespaces");
        }
        if (!match.workloads().matchesEverything()) {
            parts.add("pods with " + text(match.workloads()));
        }
        if (viewer.everything() && !match.excludedNamespaces().isEmpty()) {
            parts.add("not in " + match.excludedNamespaces().stream().sorted().collect(Collectors.joining(", ")));
        }
        return parts.isEmpty() ? "everything" : String.join("; ", parts);
    }

    private static String text(LabelSelector selector) {
        List<String> parts = new ArrayList<>();
        selector.matchLabels().forEach((key, value) -> parts.add(key + "=" + value));
        selector.matchExpressions()
                .forEach(expression -> parts.add(expression.key() + " "
                        + switch (expression.operator()) {
                            case IN -> "in";
                            case NOT_IN -> "not in";
                            case EXISTS -> "set";
                            case DOES_NOT_EXIST -> "not set";
                        }
                        + (expression.values().isEmpty()
                                ? ""
                                : " " + expression.values().stream().sorted().collect(Collectors.joining(", ")))));
        return String.join(" and ", parts);
    }
}

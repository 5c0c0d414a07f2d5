package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.watch.PolicySnapshot.PolicyState;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is in force where. */
final class PoliciesPage implements ConsolePages.Page {
    private final ConsoleData data;

    PoliciesPage(ConsoleData data) {
        this.data = data;
    }

    /** A namespace in which a policy is in force. */
    record Place(String name, String href, long workloads, long denied) {}

    /**
     * A policy.
     *
     * @param fallback whether it is for what no other matches
     */
    record Entry(
            String name,
            String profile,
            String mode,
            boolean fallback,
            String selects,
            List<Place> places,
            long workloads,
            long denied,
            List<String> overrides,
            List<String> problems) {}

    /** A namespace with several policies. */
    record Several(String namespace, String policies) {}

    record Policies(List<Entry> entries, List<String> uncovered, List<Several> several) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        PolicySet set = data.policies().policies();
        List<Namespace> namespaces = data.namespaces().stream()
                .filter(namespace -> request.viewer().sees(namespace.name()))
                .sorted(Comparator.comparing(Namespace::name))
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
            if (!covered.isEmpty() || request.viewer().everything()) {
                entries.add(entry(request.viewer(), policy, fallback, covered, rows));
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
                .map(entry -> new Several(entry.getKey(), String.join(", ", entry.getValue())))
                .toList();
        return Optional.of(new ConsolePages.Rendering(
                "policies",
                "",
                "Policies",
                "What is in force where?",
                answer(entries, uncovered),
                new Policies(entries, uncovered, several)));
    }

    private static Sentence answer(List<Entry> entries, List<String> uncovered) {
        long idle = entries.stream()
                .filter(entry -> entry.places().isEmpty() && !entry.fallback())
                .count();
        return Sentence.of((entries.size() == 1 ? "1 policy" : Phrases.number(entries.size()) + " policies") + "; "
                + (uncovered.isEmpty()
                        ? "every namespace is covered"
                        : Phrases.counted(uncovered.size(), "namespace") + " not covered")
                + (idle == 0 ? "." : ", " + Phrases.number(idle) + (idle == 1 ? " matches" : " match") + " nothing."));
    }

    private Entry entry(
            Viewer viewer, Policy policy, boolean fallback, List<Namespace> covered, Map<String, List<Seen.Row>> rows) {
        List<Place> places = new ArrayList<>();
        for (Namespace namespace : covered) {
            List<Seen.Row> there = rows.getOrDefault(namespace.name(), List.of());
            places.add(new Place(
                    namespace.name(),
                    Address.of("workloads")
                            .with(WorkloadFilter.NAMESPACE, namespace.name())
                            .toString(),
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
                places.stream().mapToLong(Place::workloads).sum(),
                places.stream().mapToLong(Place::denied).sum(),
                policy.rules().keySet().stream().sorted().toList(),
                data.policies().policyStates().stream()
                        .filter(state -> state.identity().name().equals(policy.name()))
                        .map(PolicyState::problems)
                        .flatMap(List::stream)
                        .map(DocumentProblem::message)
                        .toList());
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
                        + expression.operator().label()
                        + (expression.values().isEmpty()
                                ? ""
                                : " ("
                                        + expression.values().stream().sorted().collect(Collectors.joining(", "))
                                        + ")")));
        return String.join(" and ", parts);
    }
}

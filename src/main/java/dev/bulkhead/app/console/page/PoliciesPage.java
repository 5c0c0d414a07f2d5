package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.app.console.view.SeenPolicies;
import java.util.List;
import java.util.Optional;

/** What is in force where. */
final class PoliciesPage implements ConsolePages.Page {
    /** As the API calls them. */
    static final String RESOURCE = "leastprivilegepolicies";

    private final ConsoleData data;

    PoliciesPage(ConsoleData data) {
        this.data = data;
    }

    /** A namespace in which a policy is in force. */
    record Place(String name, String href, long workloads, long denied, String deniedHref) {}

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

    record Policies(List<Entry> entries, List<String> uncovered, List<Several> several, List<String> excluded) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        SeenPolicies policies = SeenPolicies.of(data, seen);
        return Optional.of(new ConsolePages.Rendering(
                "policies",
                "",
                "Policies",
                "What is in force where?",
                data.unread(RESOURCE)
                        ? Sentence.of("The policies could not be read; verdicts are those of the built-in policy.")
                        : answer(policies),
                new Policies(
                        policies.entries().stream().map(PoliciesPage::entry).toList(),
                        policies.uncovered(),
                        policies.several().stream()
                                .map(several -> new Several(several.namespace(), String.join(", ", several.policies())))
                                .toList(),
                        policies.excluded())));
    }

    private static Sentence answer(SeenPolicies policies) {
        List<SeenPolicies.Entry> entries = policies.entries();
        List<String> uncovered = policies.uncovered();
        long idle = entries.stream()
                .filter(entry -> entry.places().isEmpty() && !entry.fallback())
                .count();
        return Sentence.of((entries.size() == 1 ? "1 policy" : Phrases.number(entries.size()) + " policies") + "; "
                + (uncovered.isEmpty()
                        ? "every namespace is covered"
                        : Phrases.counted(uncovered.size(), "namespace") + " not covered")
                + (idle == 0 ? "." : ", " + Phrases.number(idle) + (idle == 1 ? " matches" : " match") + " nothing."));
    }

    private static Entry entry(SeenPolicies.Entry policy) {
        return new Entry(
                policy.name(),
                policy.profile(),
                policy.mode(),
                policy.fallback(),
                policy.selects(),
                policy.places().stream().map(PoliciesPage::place).toList(),
                policy.workloads(),
                policy.denied(),
                policy.overrides(),
                policy.problems());
    }

    private static Place place(SeenPolicies.Place place) {
        Address list = Address.of("workloads").with(WorkloadFilter.NAMESPACE, place.name());
        return new Place(
                place.name(),
                list.toString(),
                place.workloads(),
                place.denied(),
                list.with(WorkloadFilter.VERDICT, "denied").toString());
    }
}

package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.watch.PolicySnapshot.ExemptionState;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.report.ReportedFinding;
import dev.bulkhead.engine.rule.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is excused, until when, and whether that is still needed. */
final class ExemptionsPage implements ConsolePages.Page {
    private static final Duration SOON = Duration.ofDays(14);

    private final ConsoleData data;

    ExemptionsPage(ConsoleData data) {
        this.data = data;
    }

    /** Whether an exemption does anything, in the order of the page. */
    enum State {
        UNUSED("unused"),
        EXPIRED("expired"),
        INVALID("not in force"),
        USED("in use");

        private final String label;

        State(String label) {
            this.label = label;
        }
    }

    /** A workload that an exemption excuses, and what of it. */
    record Excused(String name, String kind, String namespace, String href, boolean denied, List<String> findings) {}

    record Entry(
            String name,
            State order,
            String state,
            String css,
            String reason,
            String owner,
            String namespaces,
            Moment expires,
            boolean soon,
            List<String> grants,
            List<Excused> excused,
            List<String> problems) {
        /** How many workloads would be denied without it. */
        public long needed() {
            return excused.stream().filter(Excused::denied).count();
        }
    }

    record Exemptions(List<Entry> entries) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        Map<String, List<Excused>> excused = excused(seen);
        Instant now = data.now();
        List<Entry> entries = new ArrayList<>();
        for (ExemptionState state : data.policies().exemptionStates()) {
            if (state.inForce().isPresent()) {
                Exemption exemption = state.inForce().get();
                if (exemption.match().namespaces().stream().anyMatch(request.viewer()::sees)) {
                    entries.add(
                            entry(exemption, excused.getOrDefault(exemption.name(), List.of()), request.viewer(), now));
                }
            } else if (request.viewer().everything()) {
                entries.add(invalid(state));
            }
        }
        entries.sort(Comparator.comparing(Entry::order)
                .thenComparing(entry -> entry.expires().exact())
                .thenComparing(Entry::name));
        return Optional.of(new ConsolePages.Rendering(
                "exemptions",
                "",
                "Exemptions",
                "What have we let through, until when, and is it still needed?",
                answer(entries),
                new Exemptions(entries)));
    }

    private static Sentence answer(List<Entry> entries) {
        if (entries.isEmpty()) {
            return Sentence.of("Nothing is exempt.");
        }
        long unused =
                entries.stream().filter(entry -> entry.order() == State.UNUSED).count();
        long soon = entries.stream().filter(Entry::soon).count();
        return Sentence.of(Phrases.counted(entries.size(), "exemption") + ": "
                + (unused == 0
                        ? "all of them are in use"
                        : Phrases.number(unused) + (unused == 1 ? " excuses" : " excuse") + " nothing any more")
                + (soon == 0
                        ? "."
                        : ", " + Phrases.number(soon) + (soon == 1 ? " ends" : " end") + " within 14 days."));
    }

    /** By the exemption's name. */
    private static Map<String, List<Excused>> excused(Seen seen) {
        Map<String, List<Excused>> excused = new TreeMap<>();
        for (Seen.Row row : seen.rows()) {
            Map<String, List<ReportedFinding>> byExemption = new LinkedHashMap<>();
            row.workload()
                    .report()
                    .excused()
                    .forEach(finding -> byExemption
                            .computeIfAbsent(finding.exemption().orElseThrow(), name -> new ArrayList<>())
                            .add(finding));
            byExemption.forEach((name, findings) -> excused.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Excused(
                            row.id().name(),
                            row.id().kind(),
                            row.id().namespace(),
                            row.address().toString(),
                            findings.stream().anyMatch(finding -> finding.action() == Action.DENY),
                            findings.stream().map(ReportedFinding::message).toList())));
        }
        return excused;
    }

    private static Entry entry(Exemption exemption, List<Excused> excused, Viewer viewer, Instant now) {
        boolean expired = !now.isBefore(exemption.expires());
        State state = expired ? State.EXPIRED : excused.isEmpty() ? State.UNUSED : State.USED;
        return new Entry(
                exemption.name(),
                state,
                state.label,
                state.label.replace(' ', '-'),
                exemption.reason(),
                exemption.owner(),
                String.join(
                        ", ",
                        exemption.match().namespaces().stream()
                                .filter(viewer::sees)
                                .sorted()
                                .toList()),
                Moment.of(exemption.expires(), now),
                !expired && exemption.expires().isBefore(now.plus(SOON)),
                exemption.allow().entrySet().stream()
                        .map(grant -> grant.getKey() + ": "
                                + String.join(
                                        ", ", grant.getValue().stream().sorted().toList()))
                        .sorted()
                        .toList(),
                excused,
                List.of());
    }

    private static Entry invalid(ExemptionState state) {
        List<String> problems = new ArrayList<>();
        if (!state.honoured()) {
            problems.add("exemptions of its namespace are not honoured");
        }
        state.problems().forEach(problem -> problems.add(problem.message()));
        return new Entry(
                state.identity().namespace() + "/" + state.identity().name(),
                State.INVALID,
                State.INVALID.label,
                "invalid",
                "",
                "",
                "",
                new Moment("", ""),
                false,
                List.of(),
                List.of(),
                problems);
    }
}

package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.SeenExemption.State;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.report.ReportedFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is excused, until when, and whether that is still needed. */
final class ExemptionsPage implements ConsolePages.Page {
    private static final Duration SOON = Duration.ofDays(14);

    private final ConsoleData data;

    ExemptionsPage(ConsoleData data) {
        this.data = data;
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
        Instant now = data.now();
        List<Entry> entries = SeenExemption.of(data, seen).stream()
                .map(exemption -> entry(exemption, now))
                .toList();
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

    private static Entry entry(SeenExemption seen, Instant now) {
        Optional<Exemption> exemption = seen.exemption();
        Optional<Instant> expires = exemption.map(Exemption::expires);
        return new Entry(
                seen.name(),
                seen.state(),
                seen.state().label(),
                seen.state() == State.INVALID ? "invalid" : seen.state().label().replace(' ', '-'),
                exemption.map(Exemption::reason).orElse(""),
                exemption.map(Exemption::owner).orElse(""),
                String.join(", ", seen.namespaces()),
                expires.map(at -> Moment.of(at, now)).orElse(new Moment("", "")),
                expires.filter(at -> now.isBefore(at) && at.isBefore(now.plus(SOON)))
                        .isPresent(),
                exemption.map(ExemptionsPage::grants).orElse(List.of()),
                seen.excused().stream().map(ExemptionsPage::excused).toList(),
                seen.problems());
    }

    private static List<String> grants(Exemption exemption) {
        return exemption.allow().entrySet().stream()
                .map(grant -> grant.getKey() + ": "
                        + String.join(", ", grant.getValue().stream().sorted().toList()))
                .sorted()
                .toList();
    }

    private static Excused excused(SeenExemption.Excused excused) {
        Seen.Row row = excused.row();
        return new Excused(
                row.id().name(),
                row.id().kind(),
                row.id().namespace(),
                row.address().toString(),
                excused.denied(),
                excused.findings().stream().map(ReportedFinding::message).toList());
    }
}

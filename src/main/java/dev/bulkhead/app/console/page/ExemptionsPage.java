package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.app.console.view.SeenExemption;
import dev.bulkhead.app.console.view.SeenExemption.State;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.report.ReportedFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is excused, until when, and whether that is still needed. */
final class ExemptionsPage implements ConsolePages.Page {
    private static final Duration SOON = Duration.ofDays(14);
    private static final String STATE = "state";
    private static final String SOON_ENDING = "ending";

    /** As the API calls them. */
    static final String RESOURCE = "exemptions";

    private final ConsoleData data;

    ExemptionsPage(ConsoleData data) {
        this.data = data;
    }

    /**
     * A workload that an exemption excuses, and what of it.
     *
     * @param denied whether it would be denied without it
     * @param deniedFor the rules for which it is denied all the same
     */
    record Excused(
            String name,
            String kind,
            String namespace,
            String href,
            boolean denied,
            String deniedFor,
            List<String> findings) {}

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
            Optional<Moment> lastUse,
            List<Excused> excused,
            List<String> problems) {
        /** How many workloads would be denied without it. */
        public long needed() {
            return excused.stream().filter(Excused::denied).count();
        }
    }

    record Exemptions(List<Entry> entries, boolean filtered, boolean unread) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        Optional<String> chosen = request.parameter(STATE);
        Instant now = data.now();
        List<Entry> entries = SeenExemption.of(data, seen).stream()
                .map(exemption -> entry(exemption, now))
                .toList();
        return Optional.of(new ConsolePages.Rendering(
                "exemptions",
                "",
                "Exemptions",
                "What have we let through, until when, and is it still needed?",
                data.unread(RESOURCE)
                        ? Sentence.of("The exemptions could not be read; verdicts are those without any.")
                        : answer(entries),
                new Exemptions(
                        chosen.isEmpty()
                                ? entries
                                : entries.stream()
                                        .filter(entry -> chosen.get().equals(SOON_ENDING)
                                                ? entry.soon()
                                                : entry.css().equals(chosen.get()))
                                        .toList(),
                        chosen.isPresent(),
                        data.unread(RESOURCE))));
    }

    private static Sentence answer(List<Entry> entries) {
        if (entries.isEmpty()) {
            return Sentence.of("Nothing is exempt.");
        }
        long unused =
                entries.stream().filter(entry -> entry.order() == State.UNUSED).count();
        long here = entries.stream()
                .filter(entry -> entry.order() == State.UNUSED_HERE)
                .count();
        long soon = entries.stream().filter(Entry::soon).count();
        Address page = Address.of("exemptions");
        Sentence answer = Sentence.of("")
                .and(Phrases.counted(entries.size(), "exemption"), page)
                .and(": ");
        if (here > 0) {
            answer = answer.and(Phrases.number(here), page.with(STATE, css(State.UNUSED_HERE)))
                    .and((here == 1 ? " is" : " are") + " not used in your namespaces, ");
        }
        answer = unused == 0
                ? answer.and(here == 0 ? "none is unused" : "none of the others is unused")
                : answer.and(Phrases.number(unused), page.with(STATE, "unused"))
                        .and((unused == 1 ? " excuses" : " excuse") + " nothing any more");
        return soon == 0
                ? answer.and(".")
                : answer.and(", ")
                        .and(Phrases.number(soon), page.with(STATE, SOON_ENDING))
                        .and((soon == 1 ? " ends" : " end") + " within 14 days.");
    }

    private static Entry entry(SeenExemption seen, Instant now) {
        Optional<Exemption> exemption = seen.exemption();
        Optional<Instant> expires = exemption.map(Exemption::expires);
        return new Entry(
                seen.name(),
                seen.state(),
                seen.state().label(),
                css(seen.state()),
                exemption.map(Exemption::reason).orElse(""),
                exemption.map(Exemption::owner).orElse(""),
                String.join(", ", seen.namespaces()),
                expires.map(at -> Moment.of(at, now)).orElse(new Moment("", "")),
                expires.filter(at -> now.isBefore(at) && at.isBefore(now.plus(SOON)))
                        .isPresent(),
                exemption.map(ExemptionsPage::grants).orElse(List.of()),
                seen.lastUse().map(last -> Moment.of(last, now)),
                seen.excused().stream().map(ExemptionsPage::excused).toList(),
                seen.problems());
    }

    private static String css(State state) {
        return switch (state) {
            case UNUSED -> "unused";
            case EXPIRED -> "expired";
            case INVALID -> "invalid";
            case UNUSED_HERE -> "unused-here";
            case USED -> "in-use";
        };
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
                String.join(", ", excused.deniedFor()),
                excused.findings().stream().map(ReportedFinding::message).toList());
    }
}

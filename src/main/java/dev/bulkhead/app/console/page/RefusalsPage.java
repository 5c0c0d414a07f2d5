package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What was refused lately. */
final class RefusalsPage implements ConsolePages.Page {
    static final String USER = RefusalFilter.USER;

    /** Where the message had a line of its own for what follows, before an event made one line of it. */
    private static final Pattern PARTS = Pattern.compile(
            " (?=- [A-Za-z0-9_]+: )| (?=fix: )| (?=Why, and how to fix it: )| (?=Questions and exemptions: )");

    private final ConsoleData data;

    RefusalsPage(ConsoleData data) {
        this.data = data;
    }

    /** A rule that refused something, and the list of what it refused. */
    record ByRule(String rule, String href) {}

    /**
     * Something that was refused.
     *
     * @param href of the workload; empty where there is none
     */
    record Entry(
            Moment at,
            int count,
            String span,
            String who,
            String whoHref,
            String kind,
            String name,
            String namespace,
            String href,
            List<ByRule> rules,
            List<String> message) {}

    record Refusals(List<Entry> entries, boolean known, boolean filtered, boolean anonymous, int more) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        RefusalFilter filter = RefusalFilter.of(request);
        List<Refusal> refusals = filter.matching(data, request.viewer());
        Instant now = data.now();
        return Optional.of(new ConsolePages.Rendering(
                "refusals",
                "",
                "Refusals",
                "What was refused lately?",
                answer(refusals),
                new Refusals(
                        refusals.stream()
                                .limit(RefusalFilter.MOST)
                                .map(refusal -> entry(refusal, seen, now))
                                .toList(),
                        data.refusals().isPresent(),
                        !filter.isEmpty(),
                        refusals.stream().anyMatch(refusal -> refusal.user().isEmpty()),
                        Math.max(0, refusals.size() - RefusalFilter.MOST))));
    }

    private Sentence answer(List<Refusal> refusals) {
        if (data.refusals().isEmpty()) {
            return Sentence.of("What is refused is not followed here.");
        }
        if (refusals.isEmpty()) {
            return Sentence.of("Nothing was refused lately.");
        }
        Instant hour = data.now().minus(Duration.ofHours(1));
        List<Refusal> lately =
                refusals.stream().filter(refusal -> refusal.at().isAfter(hour)).toList();
        if (lately.isEmpty()) {
            return Sentence.of(
                    "Nothing was refused in the last hour, " + Phrases.counted(refusals.size(), "object") + " before.");
        }
        long times = lately.stream().mapToLong(Refusal::count).sum();
        long users = lately.stream()
                .flatMap(refusal -> refusal.user().stream())
                .distinct()
                .count();
        boolean all = lately.stream().allMatch(refusal -> refusal.user().isPresent());
        return Sentence.of(Phrases.counted(lately.size(), "object") + " refused in the last hour, "
                + Phrases.counted(times, "time") + " in all"
                + (users == 0
                        ? "; to whom is not recorded."
                        : ", to " + Phrases.counted(users, "user")
                                + (all ? "." : " and others who are not recorded.")));
    }

    private static Entry entry(Refusal refusal, Seen seen, Instant now) {
        return new Entry(
                Moment.of(refusal.at(), now),
                refusal.count(),
                refusal.count() > 1
                        ? refusal.count() + " times in "
                                + Moment.length(Duration.between(refusal.first(), refusal.at()))
                        : "",
                refusal.user().orElse(""),
                refusal.user()
                        .map(user -> Address.of("refusals").with(USER, user).toString())
                        .orElse(""),
                refusal.kind(),
                refusal.name(),
                refusal.namespace(),
                seen.find(refusal.namespace(), refusal.kind(), refusal.name(), Optional.empty())
                        .map(row -> row.address().toString())
                        .orElse(""),
                refusal.rules().stream()
                        .map(rule -> new ByRule(
                                rule,
                                Address.of("refusals")
                                        .with(RefusalFilter.RULE, rule)
                                        .toString()))
                        .toList(),
                List.of(PARTS.split(refusal.message())));
    }
}

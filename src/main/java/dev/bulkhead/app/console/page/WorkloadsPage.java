package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.HullMarks;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import dev.bulkhead.engine.preview.OwnerLabels;
import dev.bulkhead.engine.rule.Layer;
import dev.bulkhead.engine.rule.RuleInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Which workloads there are, and what is wrong with each. */
final class WorkloadsPage implements ConsolePages.Page {
    private static final int PAGE = WorkloadFilter.PAGE;
    private static final String NUMBER = "page";

    private final ConsoleData data;

    WorkloadsPage(ConsoleData data) {
        this.data = data;
    }

    /** An entry of the list. */
    record Entry(
            String name,
            String kind,
            String namespace,
            String href,
            String verdict,
            HullMarks hull,
            String reach,
            String worst,
            String rule,
            int pods,
            String failing,
            Optional<Moment> since) {}

    /** A value to choose in the filter. */
    record Choice(String value, String text, boolean chosen) {}

    /** A filter in effect, and the list without it. */
    record Chip(String name, String value, String without) {}

    /**
     * The pages of the list.
     *
     * @param previous and {@code next} empty where there is none
     * @param beyond whether this page is behind the last, which {@code previous} is then
     */
    record Paging(int first, int last, int all, String previous, String next, boolean beyond) {}

    record Workloads(
            WorkloadFilter filter,
            List<Choice> namespaces,
            List<Choice> verdicts,
            List<Choice> layers,
            List<Choice> rules,
            List<Choice> owners,
            List<Chip> chips,
            List<Entry> entries,
            Paging paging) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        WorkloadFilter filter = WorkloadFilter.of(request);
        Map<String, Map<String, String>> labels = data.namespaceLabels();
        OwnerLabels owners = data.ownerLabels();
        List<Seen.Row> matching = filter.matching(seen, data);
        int first = first(request);
        boolean beyond = first > 0 && first >= matching.size();
        int before = beyond ? (matching.size() + PAGE - 1) / PAGE : first / PAGE;
        Instant now = data.now();
        List<Entry> entries = matching.stream()
                .skip(first)
                .limit(PAGE)
                .map(row -> entry(row, now))
                .toList();
        Workloads workloads = new Workloads(
                filter,
                choices(seen.namespaces(), filter.namespace(), Function.identity()),
                choices(verdicts(), filter.verdict(), Function.identity()),
                choices(
                        Arrays.stream(Layer.values()).map(Layer::label).toList(),
                        filter.layer(),
                        layer -> layer + " is open"),
                choices(seen.rules().stream().map(RuleInfo::id).toList(), filter.rule(), Function.identity()),
                choices(
                        seen.rows().stream()
                                .map(row -> row.owner(owners, labels))
                                .filter(owner -> !owner.isEmpty())
                                .distinct()
                                .sorted()
                                .toList(),
                        filter.owner(),
                        Function.identity()),
                chips(filter),
                entries,
                new Paging(
                        entries.isEmpty() ? 0 : first + 1,
                        first + entries.size(),
                        matching.size(),
                        first == 0 ? "" : address(filter, before).toString(),
                        first + PAGE < matching.size()
                                ? address(filter, first / PAGE + 2).toString()
                                : "",
                        beyond));
        return Optional.of(new ConsolePages.Rendering(
                "workloads",
                "workloads-list",
                "Workloads",
                "Which ones, and what is wrong?",
                answer(seen, matching, filter),
                workloads));
    }

    private static Sentence answer(Seen seen, List<Seen.Row> matching, WorkloadFilter filter) {
        long denied = matching.stream().filter(Seen.Row::isDenied).count();
        String found = filter.isEmpty()
                ? Phrases.counted(matching.size(), "workload")
                : Phrases.number(matching.size()) + " of "
                        + Phrases.counted(seen.rows().size(), "workload");
        if (matching.isEmpty()) {
            return Sentence.of(
                    filter.isEmpty() ? "Nothing runs in the namespaces that you see." : "No workload is like that.");
        }
        if (denied == 0) {
            return Sentence.of(found + (filter.isEmpty() ? ", none" : " like that, none") + " of them denied.");
        }
        return Sentence.of(found + (filter.isEmpty() ? ", " : " like that, "))
                .andDanger(
                        Phrases.number(denied) + " denied",
                        filter.verdict().isEmpty()
                                ? filter.address().with(WorkloadFilter.VERDICT, "denied")
                                : filter.address())
                .and(".");
    }

    private static List<String> verdicts() {
        return Stream.concat(
                        Stream.of(WorkloadFilter.ADMITTED),
                        Arrays.stream(Outcome.values()).map(Outcome::label))
                .toList();
    }

    /** Behind the last page for a number that no page has: nothing is there then, as in the API. */
    private static int first(PageRequest request) {
        int number = request.parameter(NUMBER)
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(Integer::parseInt)
                .orElse(1);
        return Math.max(0, number - 1) * PAGE;
    }

    private static Address address(WorkloadFilter filter, int number) {
        return number <= 1 ? filter.address() : filter.address().with(NUMBER, Integer.toString(number));
    }

    private static List<Choice> choices(List<String> values, String chosen, Function<String, String> text) {
        List<Choice> choices = new ArrayList<>();
        for (String value : values) {
            choices.add(new Choice(value, text.apply(value), value.equals(chosen)));
        }
        if (!chosen.isEmpty() && !values.contains(chosen)) {
            choices.add(new Choice(chosen, chosen, true));
        }
        return choices;
    }

    private static List<Chip> chips(WorkloadFilter filter) {
        List<Chip> chips = new ArrayList<>();
        filter.address()
                .parameters()
                .forEach(parameter -> chips.add(new Chip(
                        parameter.getKey(),
                        parameter.getValue(),
                        new Address(
                                        filter.address().path(),
                                        filter.address().parameters().stream()
                                                .filter(other -> !other.getKey().equals(parameter.getKey()))
                                                .toList())
                                .toString())));
        return chips;
    }

    private Entry entry(Seen.Row row, Instant now) {
        return new Entry(
                row.id().name(),
                row.id().kind(),
                row.id().namespace(),
                row.address().toString(),
                row.verdict().label(),
                row.hull(),
                row.escape().map(way -> way.to().description()).orElse(""),
                row.worst().map(finding -> finding.rule().title()).orElse(""),
                row.worst().map(finding -> finding.rule().id()).orElse(""),
                row.workload().pods(),
                row.workload().podStates().failing() == 0
                        ? ""
                        : Phrases.number(row.workload().podStates().failing()) + " failing",
                data.trend().since(row.id()).map(since -> Moment.of(since, now)));
    }
}

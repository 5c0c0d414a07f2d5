package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.reach.Escape;
import dev.bulkhead.engine.rule.Layer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How well the workloads are contained. */
final class OverviewPage implements ConsolePages.Page {
    private static final Duration SOON = Duration.ofDays(14);
    private static final int WORST = 10;
    private static final int NAMESPACES = 15;

    private final ConsoleData data;

    OverviewPage(ConsoleData data) {
        this.data = data;
    }

    /**
     * A layer in the picture of the hull.
     *
     * @param share in percent, of those that hold it and of those that will
     * @param worst whether it is the one that is missing most often where a policy demands it
     */
    record Compartment(
            String layer,
            String meaning,
            long holds,
            long filled,
            long open,
            int share,
            int filledShare,
            boolean worst,
            String href) {
        public int level() {
            return 100 - share;
        }

        public int filledLevel() {
            return 100 - share - filledShare;
        }
    }

    /** A namespace in the grid. */
    record NamespaceRow(String name, String href, long workloads, long denied, String deniedHref, List<Cell> cells) {
        long open() {
            return cells.stream().mapToLong(Cell::open).sum();
        }
    }

    /**
     * A layer of a namespace.
     *
     * @param shade from 0 for none open to 4 for all
     */
    record Cell(String layer, long open, long of, int shade, String href) {}

    /** A workload among the worst. */
    record Worst(
            String name,
            String kind,
            String namespace,
            String href,
            String verdict,
            String target,
            List<String> steps,
            String why) {}

    /** Who was refused, and how often. */
    record Refused(String who, long times, String href) {}

    /** An exemption that ends soon. */
    record Expiring(String name, String owner, Moment expires) {}

    /** A sample of the trend. */
    record TrendRow(Moment at, int denied, int workloads) {}

    record Overview(
            List<Compartment> hull,
            List<String> layers,
            List<NamespaceRow> namespaces,
            String allNamespaces,
            List<Worst> worst,
            List<Expiring> expiring,
            List<TrendRow> trend,
            String trendPoints,
            List<Refused> refused,
            boolean knowsRefusals,
            Sentence gate,
            List<String> limits) {}

    @Override
    public Optional<ConsolePages.Rendering> render(PageRequest request, Seen seen) {
        List<Seen.Row> rows = seen.rows();
        List<NamespaceRow> namespaces = namespaces(rows);
        boolean all = request.parameter("namespaces").isPresent();
        Overview overview = new Overview(
                hull(rows),
                Arrays.stream(Layer.values()).map(Layer::label).toList(),
                all ? namespaces : namespaces.stream().limit(NAMESPACES).toList(),
                all || namespaces.size() <= NAMESPACES ? "" : "All " + Phrases.counted(namespaces.size(), "namespace"),
                rows.stream()
                        .filter(row -> row.worst().isPresent() || row.escape().isPresent())
                        .limit(WORST)
                        .map(OverviewPage::worst)
                        .toList(),
                expiring(request),
                trend(request),
                points(request),
                refused(request),
                data.refusals().isPresent(),
                gate(request),
                data.limits());
        return Optional.of(new ConsolePages.Rendering(
                "overview", "", "Overview", "How well are we contained?", answer(seen), overview));
    }

    private static Sentence answer(Seen seen) {
        long all = seen.rows().size();
        if (all == 0) {
            return Sentence.of("Nothing runs in the namespaces that you see.");
        }
        long holding = seen.rows().stream()
                .filter(row -> row.workload().hull().holdsAllDemanded())
                .count();
        Address list = Address.of("workloads");
        Sentence answer = (holding == all ? Sentence.of("All ") : Sentence.of(Phrases.number(holding) + " of "))
                .and(Phrases.counted(all, "workload"), list)
                .and(" hold every layer that their policies demand.");
        answer = alsoReaching(answer, seen, Escape.Target.CLUSTER, " can become cluster-admin");
        answer = alsoReaching(answer, seen, Escape.Target.NODE, " can become root on the node");
        long denied = seen.denied();
        return denied == 0
                ? answer
                : answer.and(" ")
                        .andDanger(Phrases.number(denied), list.with(WorkloadFilter.VERDICT, "denied"))
                        .and(" would be denied today.");
    }

    private static Sentence alsoReaching(Sentence answer, Seen seen, Escape.Target target, String what) {
        long reaching = seen.rows().stream()
                .filter(row -> row.workload().reach().escapeTo(target).isPresent())
                .count();
        return reaching == 0
                ? answer
                : answer.and(" ")
                        .andDanger(
                                Phrases.number(reaching),
                                Address.of("workloads").with(WorkloadFilter.REACH, target.label()))
                        .and(what + ".");
    }

    private static List<Compartment> hull(List<Seen.Row> rows) {
        List<Compartment> hull = new ArrayList<>();
        Map<Layer, Long> missing = new EnumMap<>(Layer.class);
        for (Layer layer : Layer.values()) {
            missing.put(
                    layer,
                    rows.stream()
                            .filter(row ->
                                    !row.workload().hull().of(layer).missing().isEmpty())
                            .count());
        }
        long most = Collections.max(missing.values());
        for (Layer layer : Layer.values()) {
            long open = count(rows, layer, HullMarks.State.OPEN);
            long filled = count(rows, layer, HullMarks.State.FILLED);
            long holds = rows.size() - open - filled;
            hull.add(new Compartment(
                    layer.label(),
                    LayerText.meaning(layer),
                    holds,
                    filled,
                    open,
                    percent(holds, rows.size()),
                    percent(filled, rows.size()),
                    most > 0 && missing.getOrDefault(layer, 0L) == most,
                    Address.of("workloads")
                            .with(WorkloadFilter.LAYER, layer.label())
                            .toString()));
        }
        return hull;
    }

    private static long count(List<Seen.Row> rows, Layer layer, HullMarks.State state) {
        return rows.stream().filter(row -> row.hull().of(layer) == state).count();
    }

    private static int percent(long part, long whole) {
        return whole == 0 ? 0 : (int) (part * 100 / whole);
    }

    /** The worst first: those in which the most is denied, then the most is open. */
    private static List<NamespaceRow> namespaces(List<Seen.Row> rows) {
        Map<String, List<Seen.Row>> byNamespace = new TreeMap<>();
        rows.forEach(row -> byNamespace
                .computeIfAbsent(row.id().namespace(), name -> new ArrayList<>())
                .add(row));
        List<NamespaceRow> namespaces = new ArrayList<>();
        byNamespace.forEach((name, of) -> namespaces.add(namespace(name, of)));
        namespaces.sort(Comparator.comparingLong(NamespaceRow::denied)
                .thenComparingLong(NamespaceRow::open)
                .reversed()
                .thenComparing(NamespaceRow::name));
        return namespaces;
    }

    private static NamespaceRow namespace(String name, List<Seen.Row> rows) {
        Address list = Address.of("workloads").with(WorkloadFilter.NAMESPACE, name);
        List<Cell> cells = new ArrayList<>();
        for (Layer layer : Layer.values()) {
            long open = count(rows, layer, HullMarks.State.OPEN);
            int shade = open == 0 ? 0 : 1 + (int) (open * 3 / rows.size());
            cells.add(new Cell(
                    layer.label(),
                    open,
                    rows.size(),
                    shade,
                    list.with(WorkloadFilter.LAYER, layer.label()).toString()));
        }
        return new NamespaceRow(
                name,
                list.toString(),
                rows.size(),
                rows.stream().filter(Seen.Row::isDenied).count(),
                list.with(WorkloadFilter.VERDICT, "denied").toString(),
                cells);
    }

    private static Worst worst(Seen.Row row) {
        return new Worst(
                row.id().name(),
                row.id().kind(),
                row.id().namespace(),
                row.address().toString(),
                row.verdict().label(),
                row.escape().map(way -> way.to().description()).orElse(""),
                row.escape().map(Escape::steps).orElse(List.of()),
                row.worst().map(finding -> finding.message()).orElse(""));
    }

    private List<Expiring> expiring(PageRequest request) {
        Instant now = data.now();
        return data.policies().policies().exemptions().stream()
                .filter(exemption -> exemption.match().namespaces().stream().anyMatch(request.viewer()::sees))
                .filter(exemption ->
                        exemption.expires().isAfter(now) && !exemption.expires().isAfter(now.plus(SOON)))
                .sorted(Comparator.comparing(Exemption::expires))
                .map(exemption ->
                        new Expiring(exemption.name(), exemption.owner(), Moment.of(exemption.expires(), now)))
                .toList();
    }

    private List<TrendRow> trend(PageRequest request) {
        Instant now = data.now();
        return data.trend().points(request.viewer()::sees).stream()
                .map(point -> new TrendRow(Moment.of(point.at(), now), point.denied(), point.workloads()))
                .toList();
    }

    /** For the chart: the seconds, how many are denied, and how many there are. */
    private String points(PageRequest request) {
        List<Long> at = new ArrayList<>();
        List<Integer> denied = new ArrayList<>();
        List<Integer> workloads = new ArrayList<>();
        for (Trend.Point point : data.trend().points(request.viewer()::sees)) {
            at.add(point.at().getEpochSecond());
            denied.add(point.denied());
            workloads.add(point.workloads());
        }
        if (!at.isEmpty()) {
            at.add(data.now().getEpochSecond());
            denied.add(denied.get(denied.size() - 1));
            workloads.add(workloads.get(workloads.size() - 1));
        }
        return "[" + at + "," + denied + "," + workloads + "]";
    }

    private List<Refused> refused(PageRequest request) {
        Map<String, Long> byUser = new TreeMap<>();
        data.refusals().orElse(List.of()).stream()
                .filter(refusal -> request.viewer().sees(refusal.namespace()))
                .filter(refusal -> refusal.user().isPresent())
                .forEach(refusal -> byUser.merge(refusal.user().get(), (long) refusal.count(), Long::sum));
        return byUser.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(WORST)
                .map(entry -> new Refused(
                        entry.getKey(),
                        entry.getValue(),
                        Address.of("refusals")
                                .with(RefusalsPage.USER, entry.getKey())
                                .toString()))
                .toList();
    }

    /** How the policies and the scan are. Who does not see everything is referred to the policies' page. */
    private Sentence gate(PageRequest request) {
        if (!request.viewer().everything()) {
            return Sentence.of("What is in force for you is on the page ")
                    .and("Policies", Address.of("policies"))
                    .and(".");
        }
        PolicySnapshot policies = data.policies();
        long invalid = Stream.concat(
                        policies.policyStates().stream().map(PolicySnapshot.PolicyState::problems),
                        policies.exemptionStates().stream().map(PolicySnapshot.ExemptionState::problems))
                .filter(problems -> !problems.isEmpty())
                .count();
        int unread =
                data.lastScan().map(scan -> scan.result().problems().size()).orElse(0);
        int count = policies.policyStates().size();
        Sentence sentence = Sentence.of("")
                .and(count == 1 ? "1 policy" : Phrases.number(count) + " policies", Address.of("policies"))
                .and(" and ")
                .and(Phrases.counted(policies.policies().exemptions().size(), "exemption"), Address.of("exemptions"))
                .and(" are in force" + (invalid == 0 ? ", all valid." : "; " + invalid + " not valid as written."));
        return unread == 0 ? sentence : sentence.and(" " + Phrases.counted(unread, "object") + " cannot be evaluated.");
    }
}

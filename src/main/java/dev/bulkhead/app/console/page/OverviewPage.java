package dev.bulkhead.app.console.page;

import dev.bulkhead.app.cluster.watch.PolicySnapshot;
import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.page.markup.Moment;
import dev.bulkhead.app.console.page.markup.Phrases;
import dev.bulkhead.app.console.page.markup.Sentence;
import dev.bulkhead.engine.policy.Exemption;
import dev.bulkhead.engine.rule.Layer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
     * @param worst whether it is the one that the fewest hold
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
    record Worst(String name, String kind, String namespace, String href, String verdict, String why, Hull hull) {}

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
                        .filter(row -> row.worst().isPresent())
                        .limit(WORST)
                        .map(OverviewPage::worst)
                        .toList(),
                expiring(request),
                trend(request),
                points(request),
                gate(),
                data.limits());
        return Optional.of(new ConsolePages.Rendering(
                "overview", "", "Overview", "How well are we contained?", answer(seen), overview));
    }

    private static Sentence answer(Seen seen) {
        long all = seen.rows().size();
        if (all == 0) {
            return Sentence.of("Nothing runs in the namespaces that you see.");
        }
        long denied = seen.denied();
        Address list = Address.of("workloads");
        if (denied == 0) {
            return Sentence.of("All ")
                    .and(Phrases.counted(all, "workload"), list)
                    .and(" hold every layer that their policies require.");
        }
        return Sentence.of("")
                .and(Phrases.number(all - denied), list.with(WorkloadFilter.VERDICT, "admitted"))
                .and(" of ")
                .and(Phrases.counted(all, "workload"), list)
                .and(" hold every layer that their policies require. ")
                .andDanger(Phrases.number(denied), list.with(WorkloadFilter.VERDICT, "denied"))
                .and(" would be denied today.");
    }

    private static List<Compartment> hull(List<Seen.Row> rows) {
        List<Compartment> hull = new ArrayList<>();
        long most = 0;
        for (Layer layer : Layer.values()) {
            most = Math.max(
                    most, rows.stream().filter(row -> row.hull().isOpen(layer)).count());
        }
        for (Layer layer : Layer.values()) {
            long open = count(rows, layer, Hull.State.OPEN);
            long filled = count(rows, layer, Hull.State.FILLED);
            long holds = rows.size() - open - filled;
            hull.add(new Compartment(
                    layer.label(),
                    LayerText.meaning(layer),
                    holds,
                    filled,
                    open,
                    percent(holds, rows.size()),
                    percent(filled, rows.size()),
                    open > 0 && open == most,
                    Address.of("workloads")
                            .with(WorkloadFilter.LAYER, layer.label())
                            .toString()));
        }
        return hull;
    }

    private static long count(List<Seen.Row> rows, Layer layer, Hull.State state) {
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
            long open = count(rows, layer, Hull.State.OPEN);
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
                row.worst().map(finding -> finding.message()).orElse(""),
                row.hull());
    }

    private List<Expiring> expiring(PageRequest request) {
        Instant now = data.now();
        return data.policies().policies().exemptions().stream()
                .filter(exemption -> exemption.match().namespaces().stream().anyMatch(request.viewer()::sees))
                .filter(exemption -> !exemption.expires().isAfter(now.plus(SOON)))
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

    private Sentence gate() {
        PolicySnapshot policies = data.policies();
        long invalid = policies.policyStates().stream()
                        .filter(state -> !state.problems().isEmpty())
                        .count()
                + policies.exemptionStates().stream()
                        .filter(state -> !state.problems().isEmpty())
                        .count();
        String inForce =
                Phrases.counted(policies.policyStates().size(), "policy").replace("policys", "policies") + " and "
                        + Phrases.counted(policies.policies().exemptions().size(), "exemption") + " in force";
        return Sentence.of(
                invalid == 0 ? inForce + ", all valid." : inForce + "; " + invalid + " not valid as written.");
    }
}

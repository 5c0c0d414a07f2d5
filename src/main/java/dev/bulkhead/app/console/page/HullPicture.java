package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.app.console.view.HullMarks;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.rule.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The layers of the hull as one picture: in how many workloads each of them holds, and by namespace. */
final class HullPicture {
    private HullPicture() {}

    /**
     * A layer in the picture of the hull.
     *
     * @param share in percent, of those that hold it and of those that will
     * @param worst whether it is the one that is open most often where a policy demands it
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
    record Row(String name, String href, long workloads, long denied, String deniedHref, List<Cell> cells) {
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

    /** Of these workloads. */
    static List<Compartment> of(List<Seen.Row> rows) {
        List<Compartment> hull = new ArrayList<>();
        Optional<Layer> worst = worst(rows);
        for (Layer layer : Layer.values()) {
            long open = HullMarks.count(rows, layer, HullMarks.State.OPEN);
            long filled = HullMarks.count(rows, layer, HullMarks.State.FILLED);
            long holds = rows.size() - open - filled;
            hull.add(new Compartment(
                    layer.label(),
                    HullMarks.meaning(layer),
                    holds,
                    filled,
                    open,
                    percent(holds, rows.size()),
                    percent(filled, rows.size()),
                    worst.filter(layer::equals).isPresent(),
                    Address.of("workloads")
                            .with(WorkloadFilter.LAYER, layer.label())
                            .toString()));
        }
        return hull;
    }

    /** The one that is open most often where a policy demands it; empty where none is. */
    private static Optional<Layer> worst(List<Seen.Row> rows) {
        Map<Layer, Long> missing = new EnumMap<>(Layer.class);
        for (Layer layer : Layer.values()) {
            long count = rows.stream()
                    .filter(row -> row.hull().isOpen(layer)
                            && !row.workload().hull().of(layer).missing().isEmpty())
                    .count();
            if (count > 0) {
                missing.put(layer, count);
            }
        }
        return missing.entrySet().stream()
                .max(Map.Entry.<Layer, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey);
    }

    private static int percent(long part, long whole) {
        return whole == 0 ? 0 : (int) (part * 100 / whole);
    }

    /** The worst first: those in which the most is denied, then the most is open. */
    static List<Row> byNamespace(List<Seen.Row> rows) {
        Map<String, List<Seen.Row>> byNamespace = new TreeMap<>();
        rows.forEach(row -> byNamespace
                .computeIfAbsent(row.id().namespace(), name -> new ArrayList<>())
                .add(row));
        List<Row> namespaces = new ArrayList<>();
        byNamespace.forEach((name, of) -> namespaces.add(row(name, of)));
        namespaces.sort(Comparator.comparingLong(Row::denied)
                .thenComparingLong(Row::open)
                .reversed()
                .thenComparing(Row::name));
        return namespaces;
    }

    private static Row row(String name, List<Seen.Row> rows) {
        Address list = Address.of("workloads").with(WorkloadFilter.NAMESPACE, name);
        List<Cell> cells = new ArrayList<>();
        for (Layer layer : Layer.values()) {
            long open = HullMarks.count(rows, layer, HullMarks.State.OPEN);
            int shade = open == 0 ? 0 : 1 + (int) (open * 3 / rows.size());
            cells.add(new Cell(
                    layer.label(),
                    open,
                    rows.size(),
                    shade,
                    list.with(WorkloadFilter.LAYER, layer.label()).toString()));
        }
        return new Row(
                name,
                list.toString(),
                rows.size(),
                rows.stream().filter(Seen.Row::isDenied).count(),
                list.with(WorkloadFilter.VERDICT, "denied").toString(),
                cells);
    }
}

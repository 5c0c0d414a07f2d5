package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.engine.rule.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Namespaces and layers: in how many workloads of each namespace a layer is open. */
final class NamespaceGrid {
    private NamespaceGrid() {}

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

    /** The worst first: those in which the most is denied, then the most is open. */
    static List<Row> of(List<Seen.Row> rows) {
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

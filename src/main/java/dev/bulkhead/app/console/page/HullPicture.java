package dev.bulkhead.app.console.page;

import dev.bulkhead.app.console.page.markup.Address;
import dev.bulkhead.engine.rule.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The layers of the hull as one picture: in how many workloads each of them holds. */
final class HullPicture {
    private HullPicture() {}

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

    /** Of these workloads. */
    static List<Compartment> of(List<Seen.Row> rows) {
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
                    most > 0 && missing.getOrDefault(layer, 0L) == most,
                    Address.of("workloads")
                            .with(WorkloadFilter.LAYER, layer.label())
                            .toString()));
        }
        return hull;
    }

    private static int percent(long part, long whole) {
        return whole == 0 ? 0 : (int) (part * 100 / whole);
    }
}

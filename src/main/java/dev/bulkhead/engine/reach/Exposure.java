package dev.bulkhead.engine.reach;

import dev.bulkhead.engine.rule.Severity;
import java.util.Comparator;
import java.util.Optional;

/**
 * How exposed a workload is: what a compromise of it reaches, which layers hold, and who is beside it.
 *
 * @param neighbours empty where only a part of the cluster was read
 */
public record Exposure(Reach reach, Hull hull, Optional<Neighbours> neighbours) {
    /**
     * The worst first: who reaches cluster-admin, then who reaches root on the node, then the others; of these the shorter
     * way, then more critical, high and medium things within reach, then fewer layers that hold, then more neighbours.
     * Different exposures can be equal in it.
     */
    public static final Comparator<Exposure> WORST_FIRST = Comparator.comparing(
                    (Exposure exposure) -> exposure.reach().escape().isEmpty())
            .thenComparing(exposure -> exposure.reach().escape().map(Escape::to).orElse(Escape.Target.NODE))
            .thenComparing(exposure -> exposure.reach()
                    .escape()
                    .map(escape -> escape.steps().size())
                    .orElse(0))
            .thenComparing(exposure -> -exposure.reach().count(Severity.CRITICAL))
            .thenComparing(exposure -> -exposure.reach().count(Severity.HIGH))
            .thenComparing(exposure -> -exposure.reach().count(Severity.MEDIUM))
            .thenComparing(exposure -> exposure.hull().holding())
            .thenComparing(exposure ->
                    -exposure.neighbours().map(Neighbours::workloads).orElse(0));
}

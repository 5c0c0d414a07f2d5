package dev.bulkhead.app.cluster.scan;

import dev.bulkhead.app.cluster.scan.Inventory.Scanned;
import dev.bulkhead.engine.reach.Neighbours;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Counts the workloads that share nodes. Costs a bit for each pair of a workload's node and a workload. */
final class KernelSharing {
    private final Map<WorkloadId, Integer> indices = new HashMap<>();
    private final Map<String, BitSet> byNode = new HashMap<>();
    private final Map<String, Integer> namespaces = new HashMap<>();
    private final int[] namespaceOf;

    /**
     * Reads who is where.
     *
     * @param shares whether a workload runs on its nodes' own kernel
     */
    KernelSharing(List<Scanned> workloads, Predicate<WorkloadId> shares) {
        namespaceOf = new int[workloads.size()];
        for (Scanned workload : workloads) {
            int index = indices.size();
            indices.put(workload.id(), index);
            namespaceOf[index] = namespaces.computeIfAbsent(workload.id().namespace(), name -> namespaces.size());
            if (shares.test(workload.id())) {
                workload.nodes()
                        .forEach(node -> byNode.computeIfAbsent(node, name -> new BitSet())
                                .set(index));
            }
        }
    }

    /** Those of one of the workloads. */
    Neighbours of(Scanned workload, boolean sharesKernel) {
        int nodes = workload.nodes().size();
        if (!sharesKernel) {
            return new Neighbours(nodes, 0, 0, false);
        }
        BitSet others = new BitSet();
        workload.nodes().forEach(node -> others.or(byNode.getOrDefault(node, new BitSet())));
        others.clear(indices.getOrDefault(workload.id(), indices.size()));
        BitSet found = new BitSet();
        others.stream().forEach(index -> found.set(namespaceOf[index]));
        return new Neighbours(nodes, others.cardinality(), found.cardinality(), true);
    }
}

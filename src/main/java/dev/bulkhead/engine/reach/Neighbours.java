package dev.bulkhead.engine.reach;

/**
 * The workloads that share a kernel with a workload, so that a flaw in that kernel exposes all of them.
 *
 * @param nodes how many nodes the workload's pods are on
 * @param workloads how many other workloads have pods on those nodes; 0 where the workload does not share the kernel
 * @param namespaces in how many namespaces those are
 * @param sharesKernel false where all of the workload's pods run under a sandboxed RuntimeClass
 */
public record Neighbours(int nodes, int workloads, int namespaces, boolean sharesKernel) {
    /** Of a workload without pods on a node. */
    public static final Neighbours NONE = new Neighbours(0, 0, 0, true);

    /** A sentence without its end. */
    public String message() {
        if (!sharesKernel) {
            return "its pods have a kernel of their own by a sandboxed RuntimeClass";
        }
        if (nodes == 0) {
            return "no pod of it is on a node";
        }
        return "shares the kernel of " + counted(nodes, "node") + " with " + counted(workloads, "other workload")
                + (workloads == 0 ? "" : " of " + counted(namespaces, "namespace"));
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}

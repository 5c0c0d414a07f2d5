package dev.bulkhead.engine.reach;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A way out of a workload by documented means, without a flaw in the kernel or in Kubernetes.
 *
 * @param steps in order, each a sentence without its end; at least one
 */
public record Escape(Target to, List<String> steps) implements Comparable<Escape> {
    private static final Comparator<Escape> ORDER = Comparator.comparing(Escape::to)
            .thenComparing(escape -> escape.steps().size())
            .thenComparing(escape -> String.join("\n", escape.steps()));

    /** Where a way out leads, the worst first: an administrator of the cluster is root on every node. */
    public enum Target {
        CLUSTER("cluster-admin"),
        NODE("root on the node");

        private final String description;

        Target(String description) {
            this.description = description;
        }

        /** The name in JSON and metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What the attacker is then, in words. */
        public String description() {
            return description;
        }
    }

    public Escape {
        steps = List.copyOf(steps);
    }

    /** To root on the node. */
    public static Escape toNode(String... steps) {
        return new Escape(Target.NODE, List.of(steps));
    }

    /** To cluster-admin. */
    public static Escape toCluster(String... steps) {
        return new Escape(Target.CLUSTER, List.of(steps));
    }

    /** The same way from one step before. */
    public Escape after(String step) {
        return new Escape(to, Stream.concat(Stream.of(step), steps.stream()).toList());
    }

    /** Sorts the worse target first, of one target the shorter way. */
    @Override
    public int compareTo(Escape other) {
        return ORDER.compare(this, other);
    }
}

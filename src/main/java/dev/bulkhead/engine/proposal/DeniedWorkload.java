package dev.bulkhead.engine.proposal;

import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A workload that is denied, and every state of it that has to be admitted.
 *
 * @param states such as its template and its pods; at least one
 */
public record DeniedWorkload(Id id, List<State> states) {
    public DeniedWorkload {
        states = List.copyOf(states);
    }

    /** The same as if only some rules denied it. */
    public DeniedWorkload only(Predicate<String> rules) {
        return new DeniedWorkload(
                id,
                states.stream()
                        .<State>map(state -> evaluation -> {
                            EvaluatedWorkload all = state.evaluate(evaluation);
                            return new EvaluatedWorkload(
                                    all.workload(),
                                    all.rules(),
                                    all.context(),
                                    all.verdict().only(rules));
                        })
                        .toList());
    }

    /**
     * The workload.
     *
     * @param name what an exemption can name it by; empty where it has only a {@code generateName}
     */
    public record Id(String namespace, String kind, String name) implements Comparable<Id> {
        private static final Comparator<Id> ORDER =
                Comparator.comparing(Id::namespace).thenComparing(Id::kind).thenComparing(Id::name);

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }
    }

    /** An object in one state. */
    @FunctionalInterface
    public interface State {
        /** Evaluates it anew; an evaluation may complete the object that it is given. */
        EvaluatedWorkload evaluate(WorkloadEvaluation evaluation);
    }
}

package dev.bulkhead.app.cluster.doctor.check;

import dev.bulkhead.app.cluster.doctor.Answer;
import dev.bulkhead.app.cluster.doctor.Check;
import dev.bulkhead.app.cluster.doctor.Facts;
import dev.bulkhead.app.cluster.doctor.Source;
import dev.bulkhead.app.cluster.doctor.UnreadableException;

/** A PodDisruptionBudget keeps a replica while nodes are drained. */
final class DisruptionBudget implements Check {
    @Override
    public String id() {
        return "disruption-budget";
    }

    @Override
    public Answer answer(Facts facts) throws UnreadableException {
        return facts.all(Source.BUDGETS).isEmpty()
                ? Answer.warning(
                        "there is no PodDisruptionBudget: draining nodes may evict all replicas at once",
                        "set podDisruptionBudget.enabled: true in the chart's values")
                : Answer.ok("a PodDisruptionBudget keeps a replica while nodes are drained");
    }
}

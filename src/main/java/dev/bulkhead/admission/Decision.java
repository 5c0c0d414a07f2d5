package dev.bulkhead.admission;

import dev.bulkhead.policy.Demands;
import dev.bulkhead.policy.Verdict;
import dev.bulkhead.workload.Workload;

/** What comes of a request. */
sealed interface Decision {
    /** Nothing to judge: an operation, a kind or a change that no rule is about. */
    record NotConcerned() implements Decision {}

    /** Judged. */
    record Judgement(Workload workload, Demands demands, Verdict verdict) implements Decision {}

    /** It cannot be judged; it is not let in. The reason is for the user. */
    record Unjudgeable(String reason) implements Decision {}

    /** Something went wrong inside; it is not let in. */
    record Failed(Incident incident) implements Decision {}
}

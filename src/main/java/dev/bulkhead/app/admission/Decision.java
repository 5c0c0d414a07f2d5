package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.workload.Workload;
import java.util.List;
import java.util.Optional;

/** What comes of a request. */
public sealed interface Decision {
    /** Nothing to judge: an operation, a kind or a change that no rule is about. */
    record Skipped() implements Decision {}

    /** To be made again where the cluster may be asked, because something about it is not known yet. */
    record Postponed() implements Decision {}

    /** Judged. */
    record Evaluated(Workload workload, EffectiveRules demands, Verdict verdict) implements Decision {}

    /**
     * A word on what is no workload, such as a policy.
     *
     * @param refusal why it is not let in; empty when it is
     */
    record Advice(Optional<String> refusal, List<String> warnings) implements Decision {
        public Advice {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot be judged; it is not let in. The reason is for the user. */
    record Invalid(String reason) implements Decision {}

    /** Something went wrong inside; it is not let in. */
    record Failed(Incident incident) implements Decision {}
}

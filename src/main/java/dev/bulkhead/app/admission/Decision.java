package dev.bulkhead.app.admission;

import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.workload.Workload;
import java.util.List;
import java.util.Optional;

/** The decision about a request. */
public sealed interface Decision {
    /** No rule applies to the operation, the kind or the change. */
    record Skipped() implements Decision {}

    /** To be made again where the API server may be asked, because something is not known yet. */
    record Postponed() implements Decision {}

    /** The workload was evaluated. */
    record Evaluated(Workload workload, EffectiveRules rules, Verdict verdict) implements Decision {}

    /**
     * About an object that is not a workload, such as a policy.
     *
     * @param refusal why it is rejected; empty if it is admitted
     */
    record Advice(Optional<String> refusal, List<String> warnings) implements Decision {
        public Advice {
            warnings = List.copyOf(warnings);
        }
    }

    /** The object cannot be evaluated and is rejected. The reason is for the user. */
    record Invalid(String reason) implements Decision {}

    /** An internal error; the object is rejected. */
    record Failed(Incident incident) implements Decision {}
}

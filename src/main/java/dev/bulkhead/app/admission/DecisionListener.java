package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService.Path;
import java.util.List;
import java.util.Optional;

/** Is called with every decision, after it is made and before it is sent. */
@FunctionalInterface
public interface DecisionListener {
    /** Does nothing. */
    DecisionListener SILENT = entry -> {};

    void write(Entry entry);

    /** Calls all of these. */
    static DecisionListener of(List<DecisionListener> all) {
        List<DecisionListener> listeners = List.copyOf(all);
        return entry -> listeners.forEach(listener -> listener.write(entry));
    }

    /**
     * A decision.
     *
     * @param request empty if it could not be read
     * @param nanos how long the decision took
     * @param caller who sent the review
     */
    record Entry(
            Path path, String uid, Optional<AdmissionRequest> request, Decision decision, long nanos, Caller caller) {
        /** A copy with another decision. */
        Entry with(Decision other) {
            return new Entry(path, uid, request, other, nanos, caller);
        }

        /**
         * The decision in one word of a closed set. For a mutation it says only whether something was filled in; the
         * validation that follows denies.
         */
        public String verdict() {
            if (decision instanceof Decision.Evaluated evaluated) {
                if (path == Path.VALIDATE) {
                    return evaluated.verdict().outcome().label();
                }
                return evaluated.verdict().edits().isEmpty() ? "passed" : "hardened";
            }
            if (decision instanceof Decision.Advice advice) {
                if (advice.refusal().isPresent()) {
                    return "denied";
                }
                return advice.warnings().isEmpty() ? "passed" : "warned";
            }
            if (decision instanceof Decision.Failed) {
                return "failed";
            }
            return decision instanceof Decision.Invalid ? "invalid" : "skipped";
        }
    }
}

package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService.Path;
import java.util.List;
import java.util.Optional;

/** Hears of every decision, after it was made and before it is sent. */
@FunctionalInterface
public interface DecisionListener {
    /** Nobody listens. */
    DecisionListener SILENT = entry -> {};

    void write(Entry entry);

    /** One that tells all of them. */
    static DecisionListener of(List<DecisionListener> all) {
        List<DecisionListener> journals = List.copyOf(all);
        return entry -> journals.forEach(journal -> journal.write(entry));
    }

    /**
     * A decision.
     *
     * @param request empty when it could not be read
     * @param nanos how long it took to make it
     * @param caller who sent the review
     */
    record Entry(
            Path path, String uid, Optional<AdmissionRequest> request, Decision decision, long nanos, Caller caller) {
        /** The same with another decision. */
        Entry with(Decision other) {
            return new Entry(path, uid, request, other, nanos, caller);
        }

        /**
         * The decision in a word of a closed set. What a mutation leaves to be denied counts as what the mutation
         * itself did.
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

package dev.bulkhead.app.admission;

import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.DecisionListener.Entry;
import dev.bulkhead.engine.evaluation.Verdict.Outcome;
import java.util.Optional;

/** What the user whose object is refused sees. */
public final class RefusalMessage {
    private RefusalMessage() {}

    /** The message, of several lines; empty if the object is admitted, which it always is by a mutation. */
    public static Optional<String> of(Entry entry, Guidance guidance) {
        Decision decision = entry.decision();
        if (entry.path() == Path.MUTATE) {
            return Optional.empty();
        }
        if (decision instanceof Decision.Evaluated evaluated) {
            return evaluated.verdict().outcome() == Outcome.DENIED
                    ? Optional.of(DenialMessages.denial(
                            evaluated.workload(), evaluated.rules(), evaluated.verdict(), guidance))
                    : Optional.empty();
        }
        if (decision instanceof Decision.Advice advice) {
            return advice.refusal();
        }
        return notEvaluated(decision).map(reason -> reason + DenialMessages.contact(guidance));
    }

    /** Why the object was not evaluated; empty if it was. */
    static Optional<String> notEvaluated(Decision decision) {
        if (decision instanceof Decision.Invalid invalid) {
            return Optional.of("Bulkhead cannot evaluate this object: " + DenialMessages.reason(invalid.reason()));
        }
        if (decision instanceof Decision.Failed failed) {
            return Optional.of("Bulkhead did not evaluate this object because of "
                    + failed.incident().text());
        }
        return Optional.empty();
    }
}

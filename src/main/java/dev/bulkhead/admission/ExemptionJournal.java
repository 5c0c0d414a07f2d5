package dev.bulkhead.admission;

import dev.bulkhead.admission.Reviewer.Path;
import dev.bulkhead.cluster.ExemptionUses;
import java.time.Clock;

/** Notes which exemptions excused what, where something was really let in by them. */
final class ExemptionJournal implements Journal {
    private final ExemptionUses uses;
    private final Clock clock;

    ExemptionJournal(ExemptionUses uses, Clock clock) {
        this.uses = uses;
        this.clock = clock;
    }

    @Override
    public void write(Entry entry) {
        if (entry.path() != Path.VALIDATE
                || !(entry.decision() instanceof Decision.Judgement judgement)
                || judgement.verdict().exemptions().isEmpty()
                || entry.verdict().equals("denied")
                || entry.request().filter(ReviewRequest::dryRun).isPresent()) {
            return;
        }
        entry.request()
                .ifPresent(request -> uses.note(
                        judgement.verdict(),
                        request.namespace().orElse(""),
                        request.kind(),
                        request.name(),
                        clock.instant()));
    }
}

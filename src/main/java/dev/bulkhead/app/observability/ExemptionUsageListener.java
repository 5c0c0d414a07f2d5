package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionRequest;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.cluster.status.ExemptionUsage;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import java.time.Clock;
import java.util.List;

/** Records which exemptions were used for objects that were really admitted. */
public final class ExemptionUsageListener implements DecisionListener {
    private final ExemptionUsage uses;
    private final Clock clock;

    public ExemptionUsageListener(ExemptionUsage uses, Clock clock) {
        this.uses = uses;
        this.clock = clock;
    }

    @Override
    public void write(Entry entry) {
        if (entry.path() != Path.VALIDATE
                || entry.caller() == Caller.UNVERIFIED
                || !(entry.decision() instanceof Decision.Evaluated evaluated)
                || evaluated.verdict().exemptions().isEmpty()
                || entry.verdict().equals("denied")
                || entry.request().filter(AdmissionRequest::dryRun).isPresent()) {
            return;
        }
        entry.request().ifPresent(request -> {
            // Pods get new names all the time; their owner keeps its name.
            List<Owner> owners = WorkloadOwners.of(evaluated.workload(), request.user());
            Owner outermost = owners.get(owners.size() - 1);
            uses.note(
                    evaluated.verdict(),
                    request.namespace().orElse(""),
                    outermost.kind(),
                    outermost.name().isEmpty() ? request.name() : outermost.name(),
                    clock.instant());
        });
    }
}

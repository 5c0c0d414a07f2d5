package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionRequest;
import dev.bulkhead.app.admission.AdmissionService.Path;
import dev.bulkhead.app.admission.Decision;
import dev.bulkhead.app.admission.DecisionListener;
import dev.bulkhead.app.admission.Guidance;
import dev.bulkhead.app.admission.RefusalMessage;
import dev.bulkhead.app.cluster.refusal.RefusalEvents;
import dev.bulkhead.app.cluster.refusal.RefusedObject;
import dev.bulkhead.app.cluster.resource.OutermostController;
import dev.bulkhead.engine.evaluation.WorkloadOwners;
import dev.bulkhead.engine.policy.Exemption.Owner;
import dev.bulkhead.engine.policy.document.NameSyntax;
import dev.bulkhead.engine.rule.Action;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.util.List;
import java.util.Optional;

/**
 * Has an event written for each workload that is really refused: not for a dry run, and not for a client that is known
 * not to be the API server.
 */
public final class RefusalEventListener implements DecisionListener {
    private final RefusalEvents events;
    private final Guidance guidance;
    private final boolean users;

    /**
     * Passes refusals on.
     *
     * @param guidance what messages to users contain
     * @param users whether events say who sent the object
     */
    public RefusalEventListener(RefusalEvents events, Guidance guidance, boolean users) {
        this.events = events;
        this.guidance = guidance;
        this.users = users;
    }

    @Override
    public void write(Entry entry) {
        if (entry.path() != Path.VALIDATE || entry.caller() == Caller.UNVERIFIED) {
            return;
        }
        Optional<AdmissionRequest> request = entry.request()
                .filter(review -> !review.dryRun()
                        && review.namespace()
                                .filter(NameSyntax.NAMESPACE::accepts)
                                .isPresent());
        if (request.isEmpty() || !isRefusal(entry)) {
            return;
        }
        RefusedObject refused = new RefusedObject(
                about(request.get(), entry.decision()), users ? request.get().user() : Optional.empty(), rules(entry));
        events.add(refused, () -> RefusalMessage.of(entry, guidance).orElse(""));
    }

    /** Policies and exemptions are no workloads; who writes them reads the answer. */
    private static boolean isRefusal(Entry entry) {
        return entry.decision() instanceof Decision.Evaluated
                ? entry.verdict().equals("denied")
                : entry.decision() instanceof Decision.Invalid || entry.decision() instanceof Decision.Failed;
    }

    private static List<String> rules(Entry entry) {
        return entry.decision() instanceof Decision.Evaluated evaluated
                ? evaluated.verdict().leadingTo(Action.DENY).stream()
                        .map(finding -> finding.finding().rule().id())
                        .distinct()
                        .toList()
                : List.of();
    }

    private static OutermostController about(AdmissionRequest request, Decision decision) {
        String namespace = request.namespace().orElse("");
        String name = writtenName(request);
        ObjectReference itself = new ObjectReferenceBuilder()
                .withApiVersion(request.apiVersion())
                .withKind(request.kind())
                .withNamespace(namespace)
                .withName(name)
                .build();
        Owner owner = new Owner(request.kind(), name);
        try {
            Field metadata = request.object().get("metadata");
            metadata.get("uid").text().ifPresent(itself::setUid);
            if (decision instanceof Decision.Evaluated evaluated) {
                List<Owner> owners = WorkloadOwners.of(evaluated.workload(), request.user());
                if (owners.size() > 1) {
                    return new OutermostController(
                            namespace, owners.get(owners.size() - 1), controller(namespace, metadata));
                }
            }
        } catch (MalformedWorkloadException e) {
            // What is known of the object without reading it is enough.
            return new OutermostController(namespace, owner, itself);
        }
        return new OutermostController(namespace, owner, itself);
    }

    /** Without the suffix that the API server generates anew for each attempt, so that these count as alike. */
    private static String writtenName(AdmissionRequest request) {
        try {
            String prefix = request.object().get("metadata").get("generateName").textOrEmpty();
            return !prefix.isEmpty() && request.name().startsWith(prefix) ? prefix : request.name();
        } catch (MalformedWorkloadException e) {
            return request.name();
        }
    }

    private static ObjectReference controller(String namespace, Field metadata) {
        ObjectReferenceBuilder controller = new ObjectReferenceBuilder().withNamespace(namespace);
        for (Field reference : metadata.get("ownerReferences").items()) {
            if (reference.get("controller").isTrue()) {
                controller
                        .withApiVersion(reference.get("apiVersion").textOrEmpty())
                        .withKind(reference.get("kind").textOrEmpty())
                        .withName(reference.get("name").textOrEmpty())
                        .withUid(reference.get("uid").textOrEmpty());
            }
        }
        return controller.build();
    }
}

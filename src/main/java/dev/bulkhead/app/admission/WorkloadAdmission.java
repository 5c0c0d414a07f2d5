package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.app.admission.AdmissionRequest.Operation;
import dev.bulkhead.engine.edit.AnnotationSize;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.evaluation.EvaluatedWorkload;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.evaluation.WorkloadUpdate;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Decides about workloads: which object is evaluated, by which policies, and which part of an update matters. */
public final class WorkloadAdmission {
    /** The annotation of a pod that names the rules that were filled in. */
    public static final String HARDENED_ANNOTATION = "bulkhead.dev/hardened";

    /** Subresources of pods that cannot change what a pod may do. */
    private static final Set<String> HARMLESS =
            Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

    /** Subresources through which the API server allows only changes that are compared here. */
    private static final Set<String> KNOWN = Set.of("", "ephemeralcontainers", "resize");

    private final WorkloadKinds kinds;
    private final Supplier<ClusterCapabilities> cluster;
    private final Clock clock;
    private final NamespaceLookup namespaces;

    public WorkloadAdmission(WorkloadKinds kinds, ClusterCapabilities cluster, Clock clock) {
        this(kinds, () -> cluster, clock, NamespaceLookup.BY_NAME);
    }

    public WorkloadAdmission(
            WorkloadKinds kinds, Supplier<ClusterCapabilities> cluster, Clock clock, NamespaceLookup namespaces) {
        this.kinds = kinds;
        this.cluster = cluster;
        this.clock = clock;
        this.namespaces = namespaces;
    }

    /**
     * Decides about a pod before it is stored: what is filled in. Only pods are changed.
     *
     * @param context the deadline, and whether the API server may be asked for what is not known; otherwise the
     *     decision may be postponed
     */
    public Decision mutate(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        boolean addsContainers =
                request.operation() == Operation.UPDATE && request.subResource().equals("ephemeralcontainers");
        boolean creates =
                request.operation() == Operation.CREATE && request.subResource().isEmpty();
        if (!creates && !addsContainers) {
            return new Decision.Skipped();
        }
        return decide(request, (workload, old) -> {
            if (!workload.isPod() || (addsContainers && old.isEmpty())) {
                return new Decision.Skipped();
            }
            Optional<Namespace> namespace = namespace(request, workload, policies, context.mayAsk());
            if (namespace.isEmpty()) {
                return new Decision.Postponed();
            }
            WorkloadEvaluation evaluation = evaluation(policies, context);
            if (creates) {
                EvaluatedWorkload arriving = evaluation.asItArrives(workload, namespace.get(), request.user());
                return decision(arriving, signed(workload, arriving.verdict()));
            }
            WorkloadUpdate update = WorkloadUpdate.of(old.orElseThrow(), workload);
            EvaluatedWorkload debugged = evaluation.asItArrives(update, namespace.get(), request.user());
            return decision(debugged, debugged.verdict());
        });
    }

    /**
     * Decides about an object as it would be stored.
     *
     * @param context the deadline, and whether the API server may be asked for what is not known; otherwise the
     *     decision may be postponed
     */
    public Decision validate(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        return decide(request, (workload, old) -> {
            Optional<WorkloadUpdate> update = old.map(before -> KNOWN.contains(request.subResource())
                    ? WorkloadUpdate.of(before, workload)
                    : WorkloadUpdate.ofAnything(before, workload));
            if (update.filter(WorkloadUpdate::isHarmless).isPresent()) {
                return new Decision.Skipped();
            }
            Optional<Namespace> namespace = namespace(request, workload, policies, context.mayAsk());
            if (namespace.isEmpty()) {
                return new Decision.Postponed();
            }
            WorkloadEvaluation evaluation = evaluation(policies, context);
            Optional<EvaluatedWorkload> stored = update.isPresent()
                    ? evaluation.asUpdate(update.get(), namespace.get(), request.user())
                    : Optional.of(evaluation.asStored(workload, namespace.get(), request.user()));
            return stored.<Decision>map(evaluated -> decision(evaluated, evaluated.verdict()))
                    .orElseGet(Decision.Skipped::new);
        });
    }

    private static Decision.Evaluated decision(EvaluatedWorkload evaluated, Verdict verdict) {
        return new Decision.Evaluated(evaluated.workload(), evaluated.rules(), verdict);
    }

    private WorkloadEvaluation evaluation(PolicySet policies, AdmissionContext context) {
        return new WorkloadEvaluation(policies, cluster.get(), clock.instant(), WorkMeter.until(context::isOver));
    }

    private interface Evaluation {
        Decision of(Workload workload, Optional<Workload> old);
    }

    private Decision decide(AdmissionRequest request, Evaluation evaluation) {
        boolean changes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!changes || !kinds.contains(request.apiVersion(), request.kind())) {
            return new Decision.Skipped();
        }
        if (!request.subResource().isEmpty() && (!isPod(request) || HARMLESS.contains(request.subResource()))) {
            return new Decision.Skipped();
        }
        if (request.object().isAbsent()) {
            return new Decision.Invalid("the request holds no object");
        }
        try {
            Optional<Workload> workload = kinds.find(request.apiVersion(), request.kind(), request.object());
            Optional<Workload> old = request.operation() == Operation.UPDATE ? before(request) : Optional.empty();
            return workload.map(found -> evaluation.of(found, old)).orElseGet(Decision.Skipped::new);
        } catch (MalformedWorkloadException e) {
            return leavesTemplateAlone(request)
                    ? new Decision.Skipped()
                    : new Decision.Invalid(e.getMessage() == null ? "it is malformed" : e.getMessage());
        }
    }

    /** A controller that cannot be evaluated can still be scaled, labelled and relieved of its finalizers. */
    private boolean leavesTemplateAlone(AdmissionRequest request) {
        if (request.operation() != Operation.UPDATE
                || isPod(request)
                || request.oldObject().isAbsent()) {
            return false;
        }
        try {
            Field before = kinds.templateIn(request.apiVersion(), request.kind(), request.oldObject());
            Field after = kinds.templateIn(request.apiVersion(), request.kind(), request.object());
            return before.node().equals(after.node());
        } catch (MalformedWorkloadException e) {
            return false;
        }
    }

    private static boolean isPod(AdmissionRequest request) {
        return request.kind().equals("Pod") && !request.apiVersion().contains("/");
    }

    /** If the old state cannot be read, the new one is evaluated as if it were created. */
    private Optional<Workload> before(AdmissionRequest request) {
        Field old = request.oldObject();
        try {
            return old.isAbsent() ? Optional.empty() : kinds.find(request.apiVersion(), request.kind(), old);
        } catch (MalformedWorkloadException e) {
            return Optional.empty();
        }
    }

    private Optional<Namespace> namespace(
            AdmissionRequest request, Workload workload, PolicySet policies, boolean mayAsk) {
        String name = request.namespace().or(workload::namespace).orElse("default");
        return policies.readsNamespaces() ? namespaces.find(name, mayAsk) : Optional.of(Namespace.named(name));
    }

    /**
     * Annotates the pod with the rules that were filled in, unless it has that annotation or the API server would
     * reject the pod for the size of its annotations.
     */
    private static Verdict signed(Workload workload, Verdict verdict) {
        Field annotation = workload.pod().annotation(HARDENED_ANNOTATION);
        if (verdict.edits().isEmpty() || annotation.isPresent()) {
            return verdict;
        }
        Verdict signed =
                verdict.and(new Edit.Fill(annotation, TextNode.valueOf(String.join(",", verdict.hardenedRules()))));
        return AnnotationSize.fits(workload.pod(), signed.edits()) ? signed : verdict;
    }
}

package dev.bulkhead.app.admission;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.app.admission.AdmissionRequest.Operation;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.evaluation.EvaluationContext;
import dev.bulkhead.engine.evaluation.Evaluator;
import dev.bulkhead.engine.evaluation.PodUpdate;
import dev.bulkhead.engine.evaluation.RunningPodChange;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.NamespaceLookup;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Field;
import dev.bulkhead.engine.workload.MalformedWorkloadException;
import dev.bulkhead.engine.workload.Pod;
import dev.bulkhead.engine.workload.Workload;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Decides about requests: which object is to be judged, against what, and what counts of a change. */
public final class WorkloadAdmission {
    /** On a pod: the rules that were filled in. */
    static final String HARDENED_ANNOTATION = "bulkhead.dev/hardened";

    /** Subresources of pods that cannot change what a pod may do. */
    private static final Set<String> HARMLESS =
            Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

    /** Those by which the API server lets nothing else change than what counts as significant. */
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
     * The decision about a pod before it is stored: what is to be filled in. Only pods are ever changed.
     *
     * @param context by when it must be decided, and whether the cluster may be asked for what is not known; otherwise
     *     the decision may be postponed
     */
    public Decision mutate(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        boolean addsContainers =
                request.operation() == Operation.UPDATE && request.subResource().equals("ephemeralcontainers");
        boolean creates =
                request.operation() == Operation.CREATE && request.subResource().isEmpty();
        if (!creates && !addsContainers) {
            return new Decision.NotConcerned();
        }
        return decide(request, (workload, old) -> {
            if (!workload.isPod() || (addsContainers && old.isEmpty())) {
                return new Decision.NotConcerned();
            }
            Optional<Namespace> namespace = namespace(request, workload, policies, context.mayAsk());
            if (namespace.isEmpty()) {
                return new Decision.Postponed();
            }
            ClusterCapabilities here = cluster.get();
            EffectiveRules demands = policies.demandsOn(namespace.get(), workload.pod()::labels, here);
            EvaluationContext circumstances = circumstances(request, workload, here, old, context);
            Verdict verdict = Evaluator.judge(workload, demands, circumstances);
            return new Decision.Judgement(
                    workload,
                    demands,
                    creates
                            ? signed(workload, verdict)
                            : withDoubts(
                                    verdict, workload, circumstances.addedOnly().orElse(added -> false)));
        });
    }

    /**
     * The decision about an object as it would be stored.
     *
     * @param context by when it must be decided, and whether the cluster may be asked for what is not known; otherwise
     *     the decision may be postponed
     */
    public Decision validate(AdmissionRequest request, PolicySet policies, AdmissionContext context) {
        return decide(request, (workload, old) -> {
            boolean runs = workload.isPod() && old.isPresent();
            boolean onlyAnnotations = runs && !isSignificant(request, old.get().pod(), workload.pod());
            if (onlyAnnotations && hasSameAnnotations(old.get(), workload)) {
                return new Decision.NotConcerned();
            }
            Optional<Namespace> namespace = namespace(request, workload, policies, context.mayAsk());
            if (namespace.isEmpty()) {
                return new Decision.Postponed();
            }
            ClusterCapabilities here = cluster.get();
            EffectiveRules demands = policies.demandsOn(namespace.get(), workload.pod()::labels, here);
            EvaluationContext circumstances = circumstances(request, workload, here, Optional.empty(), context);
            if (onlyAnnotations) {
                return RunningPodChange.judgeAnnotations(old.get(), workload, demands, circumstances)
                        .<Decision>map(verdict -> new Decision.Judgement(workload, demands, verdict))
                        .orElseGet(Decision.NotConcerned::new);
            }
            return new Decision.Judgement(
                    workload,
                    demands,
                    runs
                            ? RunningPodChange.judge(old.get(), workload, demands, circumstances)
                            : asStored(workload, old, demands, circumstances));
        });
    }

    private static boolean hasSameAnnotations(Workload before, Workload after) {
        return before.pod()
                .metadata()
                .get("annotations")
                .node()
                .equals(after.pod().metadata().get("annotations").node());
    }

    /** A pod has been hardened by now; a controller's pods will be. */
    private static Verdict asStored(
            Workload workload, Optional<Workload> old, EffectiveRules demands, EvaluationContext circumstances) {
        Verdict verdict = Evaluator.judge(workload, demands, circumstances);
        if (workload.isPod()) {
            return verdict.afterHardening();
        }
        if (old.isEmpty() || verdict.outcome() != Verdict.Outcome.DENIED) {
            return verdict;
        }
        boolean sameTemplate = verdict.denialsNotKept() > 0
                && old.get().pod().spec().node().equals(workload.pod().spec().node());
        return verdict.asChangeOf(
                Evaluator.judge(old.get(), demands, circumstances), sameTemplate, circumstances.work());
    }

    private static Verdict withDoubts(Verdict verdict, Workload workload, Predicate<Container> added) {
        return verdict.and(DebugContainers.doubtsAbout(workload.pod(), added));
    }

    /** What a subresource may change that nobody has heard of is unknown. */
    private static boolean isSignificant(AdmissionRequest request, Pod before, Pod after) {
        return new PodUpdate(before, after).isSignificant()
                || (!KNOWN.contains(request.subResource())
                        && !before.spec().node().equals(after.spec().node()));
    }

    private interface Judging {
        Decision of(Workload workload, Optional<Workload> old);
    }

    private Decision decide(AdmissionRequest request, Judging judging) {
        boolean changes = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!changes || !kinds.contains(request.apiVersion(), request.kind())) {
            return new Decision.NotConcerned();
        }
        if (!request.subResource().isEmpty() && (!isPod(request) || HARMLESS.contains(request.subResource()))) {
            return new Decision.NotConcerned();
        }
        if (request.object().isAbsent()) {
            return new Decision.Unjudgeable("the request holds no object");
        }
        try {
            Optional<Workload> workload = kinds.find(request.apiVersion(), request.kind(), request.object());
            Optional<Workload> old = request.operation() == Operation.UPDATE ? before(request) : Optional.empty();
            return workload.map(found -> judging.of(found, old)).orElseGet(Decision.NotConcerned::new);
        } catch (MalformedWorkloadException e) {
            return leavesTemplateAlone(request)
                    ? new Decision.NotConcerned()
                    : new Decision.Unjudgeable(e.getMessage() == null ? "it is malformed" : e.getMessage());
        }
    }

    /** A controller that cannot be judged can still be scaled, labelled and rid of its finalizers. */
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

    /** An old state that cannot be read excuses nothing: the new one is judged as if it were created. */
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
        String name = namespaceOf(request, workload).orElse("default");
        return policies.readsNamespaces() ? namespaces.find(name, mayAsk) : Optional.of(Namespace.named(name));
    }

    private EvaluationContext circumstances(
            AdmissionRequest request,
            Workload workload,
            ClusterCapabilities here,
            Optional<Workload> old,
            AdmissionContext context) {
        return new EvaluationContext(
                here,
                clock.instant(),
                namespaceOf(request, workload),
                request.user(),
                old.map(before -> new PodUpdate(before.pod(), workload.pod())::isAdded),
                WorkMeter.until(context::isOver));
    }

    private static Optional<String> namespaceOf(AdmissionRequest request, Workload workload) {
        return request.namespace().or(workload::namespace);
    }

    /**
     * Writes on the pod which rules were filled in, unless something is written there already, or the API server would
     * refuse the pod for the size of its annotations.
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

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.rule.WorkMeter;
import dev.bulkhead.engine.workload.Container;
import dev.bulkhead.engine.workload.Workload;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The only way to a verdict, for the webhook, the namespace warnings, the command line and every report, so that they
 * cannot disagree. Each method evaluates an object in another state:
 *
 * <ul>
 *   <li>{@link #asItArrives}: a pod in a request, before hardening;
 *   <li>{@link #asStored}: an object about to be stored, after hardening;
 *   <li>{@link #asUpdate}: the same for an object that exists already;
 *   <li>{@link #asManifest}: a manifest that the API server has not seen yet;
 *   <li>{@link #asRecreated}: a pod in a cluster, as if its owner created it again.
 * </ul>
 *
 * <p>The three states before hardening deny the same as {@link #asStored} denies of the hardened pod. Used by one thread,
 * for any number of workloads.
 */
public final class WorkloadEvaluation {
    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Instant now;
    private final WorkMeter work;

    /** Evaluates without a deadline. */
    public WorkloadEvaluation(PolicySet policies, ClusterCapabilities cluster, Instant now) {
        this(policies, cluster, now, WorkMeter.unlimited());
    }

    /**
     * Evaluates until a deadline.
     *
     * @param now the time against which exemptions expire
     * @param work ends an evaluation at its deadline by {@link dev.bulkhead.engine.rule.EvaluationTimeoutException}
     */
    public WorkloadEvaluation(PolicySet policies, ClusterCapabilities cluster, Instant now, WorkMeter work) {
        this.policies = policies;
        this.cluster = cluster;
        this.now = now;
        this.work = work;
    }

    /** The rules for workloads in that namespace whose pods carry those labels. */
    public EffectiveRules rulesFor(Namespace namespace, Supplier<Map<String, String>> podLabels) {
        return policies.rulesFor(namespace, podLabels, cluster);
    }

    /**
     * A pod that is being created, before hardening: the verdict says what to fill in and what is denied anyway.
     *
     * @param user the requesting user, as the API server authenticated it; owner references count only if it is a
     *     controller of Kubernetes
     */
    public EvaluatedWorkload asItArrives(Workload pod, Namespace namespace, Optional<String> user) {
        return evaluated(pod, namespace, rules -> Evaluator.evaluate(pod, rules, context(namespace, user)));
    }

    /**
     * A running pod to which containers are being added, before hardening: only the added containers can be filled in.
     */
    public EvaluatedWorkload asItArrives(WorkloadUpdate update, Namespace namespace, Optional<String> user) {
        Predicate<Container> added = update::isAdded;
        return evaluated(
                update.after(),
                namespace,
                rules -> Evaluator.evaluate(
                        update.after(), rules, context(namespace, user).changingOnly(added)));
    }

    /**
     * An object that is about to be created. In a pod, what hardening could have filled in but did not is denied. A
     * controller is evaluated by the pods made from its template, after defaults and hardening.
     */
    public EvaluatedWorkload asStored(Workload workload, Namespace namespace, Optional<String> user) {
        return evaluated(workload, namespace, rules -> stored(workload, rules, context(namespace, user)));
    }

    private static Verdict stored(Workload workload, EffectiveRules rules, EvaluationContext context) {
        return workload.isPod()
                ? Evaluator.evaluate(workload, rules, context.afterHardening()).afterHardening()
                : completed(workload, rules, context);
    }

    /**
     * An object that is about to be updated: only what the update adds is denied.
     *
     * @return empty when no rule has a finding about what changes
     */
    public Optional<EvaluatedWorkload> asUpdate(WorkloadUpdate update, Namespace namespace, Optional<String> user) {
        Workload after = update.after();
        EvaluationContext context = context(namespace, user);
        EffectiveRules rules = rulesFor(namespace, after.pod()::labels);
        return switch (update.extent()) {
            case NOTHING -> Optional.empty();
            case ANNOTATIONS ->
                RunningPodChange.evaluateAnnotations(update.before(), after, rules, context)
                        .map(verdict -> evaluated(after, namespace, rules, verdict));
            case ALL ->
                Optional.of(evaluated(
                        after,
                        namespace,
                        rules,
                        after.isPod()
                                ? RunningPodChange.evaluate(update.before(), after, rules, context)
                                : changed(update.before(), after, rules, context)));
        };
    }

    private static Verdict changed(Workload before, Workload after, EffectiveRules rules, EvaluationContext context) {
        // Both get the defaults, so that a malformed template can be compared with the one before it.
        ApiServerDefaults.fillIn(before);
        ApiServerDefaults.fillIn(after);
        Verdict verdict = Evaluator.evaluate(after, rules, context);
        boolean denied = verdict.outcome() == Verdict.Outcome.DENIED;
        if (!denied && verdict.notes().isEmpty()) {
            return verdict;
        }
        Verdict old = Evaluator.evaluate(before, rules, context);
        boolean sameTemplate = verdict.denialsNotKept() > 0
                && before.pod().spec().node().equals(after.pod().spec().node());
        return verdict.asChangeOf(old, sameTemplate, context.work());
    }

    /**
     * An object in a manifest, before the API server completes, hardens and stores it. Adds the API server's defaults
     * to the object's tree.
     */
    public EvaluatedWorkload asManifest(Workload workload, Namespace namespace) {
        return evaluated(
                workload,
                namespace,
                rules -> completed(
                        workload, rules, context(namespace, Optional.empty()).ofManifest()));
    }

    /** A pod that exists in a cluster, as if its owner created it again, including hardening. */
    public EvaluatedWorkload asRecreated(Workload pod, Namespace namespace) {
        return asItArrives(pod, namespace, Optional.of(WorkloadOwners.CONTROLLER));
    }

    /** The verdict on an object with the API server's defaults. */
    private static Verdict completed(Workload workload, EffectiveRules rules, EvaluationContext context) {
        ApiServerDefaults.fillIn(workload);
        return Evaluator.evaluate(workload, rules, context);
    }

    private interface Evaluation {
        Verdict by(EffectiveRules rules);
    }

    private EvaluatedWorkload evaluated(Workload workload, Namespace namespace, Evaluation evaluation) {
        EffectiveRules rules = rulesFor(namespace, workload.pod()::labels);
        return evaluated(workload, namespace, rules, evaluation.by(rules));
    }

    private EvaluatedWorkload evaluated(Workload workload, Namespace namespace, EffectiveRules rules, Verdict verdict) {
        RuleContext context = new RuleContext(rules.settings(), cluster, Optional.of(namespace.name()));
        return new EvaluatedWorkload(workload, rules, context, verdict);
    }

    private EvaluationContext context(Namespace namespace, Optional<String> user) {
        return new EvaluationContext(
                cluster, now, Optional.of(namespace.name()), user, Optional.empty(), false, false, work);
    }
}

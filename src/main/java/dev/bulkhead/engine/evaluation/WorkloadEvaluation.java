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
 * The only way to a verdict. The webhook, the namespace warnings, the command line and every report come here, so they
 * cannot disagree; they differ only in the state in which they have the object, and there is a method for each:
 *
 * <ul>
 *   <li>{@link #asItArrives}: a pod in a request, before it is hardened;
 *   <li>{@link #asStored}: an object about to be stored, for which hardening has had its turn;
 *   <li>{@link #asUpdate}: the same where the object exists already;
 *   <li>{@link #asManifest}: a text that the API server has not seen yet;
 *   <li>{@link #asRecreated}: a pod that is in a cluster, as if its owner created it again.
 * </ul>
 *
 * <p>What is denied about a pod as it arrives, as a manifest or as created again is what is denied about it when it is
 * stored after hardening. Used by one thread, for any number of workloads.
 */
public final class WorkloadEvaluation {
    private final PolicySet policies;
    private final ClusterCapabilities cluster;
    private final Instant now;
    private final WorkMeter work;

    /** Evaluates by those policies, taking as long as it takes. */
    public WorkloadEvaluation(PolicySet policies, ClusterCapabilities cluster, Instant now) {
        this(policies, cluster, now, WorkMeter.unlimited());
    }

    /**
     * Evaluates by those policies.
     *
     * @param now what exemptions have expired by
     * @param work ends an evaluation in time, by {@link dev.bulkhead.engine.rule.EvaluationTimeoutException}
     */
    public WorkloadEvaluation(PolicySet policies, ClusterCapabilities cluster, Instant now, WorkMeter work) {
        this.policies = policies;
        this.cluster = cluster;
        this.now = now;
        this.work = work;
    }

    /** What the policies demand of workloads in that namespace whose pods carry those labels. */
    public EffectiveRules rulesFor(Namespace namespace, Supplier<Map<String, String>> podLabels) {
        return policies.demandsOn(namespace, podLabels, cluster);
    }

    /**
     * A pod that is being created, before anything is filled in: what is to be filled in, and what is denied
     * nevertheless.
     *
     * @param user who asks, as the API server authenticated it; Kubernetes' controllers are believed about owners
     */
    public EvaluatedWorkload asItArrives(Workload pod, Namespace namespace, Optional<String> user) {
        return evaluated(pod, namespace, rules -> Evaluator.judge(pod, rules, context(namespace, user)));
    }

    /** A pod to which containers are being added, before anything is filled in: only these can still be filled in. */
    public EvaluatedWorkload asItArrives(WorkloadUpdate update, Namespace namespace, Optional<String> user) {
        Predicate<Container> added = update::isAdded;
        return evaluated(
                update.after(),
                namespace,
                rules -> Evaluator.judge(
                        update.after(), rules, context(namespace, user).changingOnly(added)));
    }

    /**
     * An object that is about to be created. In a pod, what could have been filled in and was not is denied; a controller
     * is evaluated by the pods it would make, which will be completed by the API server and hardened.
     */
    public EvaluatedWorkload asStored(Workload workload, Namespace namespace, Optional<String> user) {
        return evaluated(workload, namespace, rules -> stored(workload, rules, context(namespace, user)));
    }

    private static Verdict stored(Workload workload, EffectiveRules rules, EvaluationContext context) {
        return workload.isPod()
                ? Evaluator.judge(workload, rules, context.afterHardening()).afterHardening()
                : completed(workload, rules, context);
    }

    /**
     * An object that is about to be changed: denied is only what the change brings.
     *
     * @return empty when no rule has anything to say about what changes
     */
    public Optional<EvaluatedWorkload> asUpdate(WorkloadUpdate update, Namespace namespace, Optional<String> user) {
        Workload after = update.after();
        EvaluationContext context = context(namespace, user);
        EffectiveRules rules = rulesFor(namespace, after.pod()::labels);
        return switch (update.extent()) {
            case NOTHING -> Optional.empty();
            case ANNOTATIONS ->
                RunningPodChange.judgeAnnotations(update.before(), after, rules, context)
                        .map(verdict -> evaluated(after, namespace, rules, verdict));
            case ALL ->
                Optional.of(evaluated(
                        after,
                        namespace,
                        rules,
                        after.isPod()
                                ? RunningPodChange.judge(update.before(), after, rules, context)
                                : changed(update.before(), after, rules, context)));
        };
    }

    private static Verdict changed(Workload before, Workload after, EffectiveRules rules, EvaluationContext context) {
        // Both are completed first, so that a malformed template can still be compared with the one before it.
        ApiServerDefaults.fillIn(before);
        ApiServerDefaults.fillIn(after);
        Verdict verdict = Evaluator.judge(after, rules, context);
        if (verdict.outcome() != Verdict.Outcome.DENIED) {
            return verdict;
        }
        Verdict old = Evaluator.judge(before, rules, context);
        boolean sameTemplate = verdict.denialsNotKept() > 0
                && before.pod().spec().node().equals(after.pod().spec().node());
        return verdict.asChangeOf(old, sameTemplate, context.work());
    }

    /**
     * An object in a text: the API server is still to complete it, whoever applies it, before it is hardened and stored.
     * Changes the object's tree where the API server would.
     */
    public EvaluatedWorkload asManifest(Workload workload, Namespace namespace) {
        return evaluated(
                workload,
                namespace,
                rules -> completed(
                        workload, rules, context(namespace, Optional.empty()).ofManifest()));
    }

    /**
     * A pod that is in a cluster, as if it were created again as it is: by the controller that it belongs to, if there is
     * one, and with another turn of hardening.
     */
    public EvaluatedWorkload asRecreated(Workload pod, Namespace namespace) {
        return asItArrives(pod, namespace, Optional.of(WorkloadOwners.CONTROLLER));
    }

    /** The verdict on an object as the API server will complete it. */
    private static Verdict completed(Workload workload, EffectiveRules rules, EvaluationContext context) {
        ApiServerDefaults.fillIn(workload);
        return Evaluator.judge(workload, rules, context);
    }

    private interface Judging {
        Verdict by(EffectiveRules rules);
    }

    private EvaluatedWorkload evaluated(Workload workload, Namespace namespace, Judging judging) {
        EffectiveRules rules = rulesFor(namespace, workload.pod()::labels);
        return evaluated(workload, namespace, rules, judging.by(rules));
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

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Workload;

/**
 * A workload, the rules that applied to it, and the verdict.
 *
 * @param rules the rules of the policies that match it; names no policy where none does
 * @param context what the rules read besides the pod; remedies depend on it
 */
public record EvaluatedWorkload(Workload workload, EffectiveRules rules, RuleContext context, Verdict verdict) {}

package dev.bulkhead.engine.evaluation;

import dev.bulkhead.engine.policy.EffectiveRules;
import dev.bulkhead.engine.rule.RuleContext;
import dev.bulkhead.engine.workload.Workload;

/**
 * A workload, the rules that applied to it, and the verdict.
 *
 * @param rules what the policies in force demand of it; with no policy's name where none is for it
 * @param context what the rules knew besides the pod, which remedies depend on
 */
public record EvaluatedWorkload(Workload workload, EffectiveRules rules, RuleContext context, Verdict verdict) {}

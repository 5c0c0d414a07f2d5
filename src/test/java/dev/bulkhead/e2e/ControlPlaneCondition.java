package dev.bulkhead.e2e;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Skips a class where the control plane was never built, but not in CI. It is asked before anything of the class runs, its
 * constructor and what ends it included; an assumption there would be a failure.
 */
final class ControlPlaneCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            return ConditionEvaluationResult.enabled("its class was not skipped");
        }
        try {
            return ConditionEvaluationResult.enabled("there is a control plane in " + Installed.programs());
        } catch (TestAbortedException e) {
            return ConditionEvaluationResult.disabled(e.getMessage());
        }
    }
}

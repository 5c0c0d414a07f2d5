package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.cel.CelFilling;
import dev.bulkhead.engine.cel.CelNeed;

/** A rule whose unset fields have a safe value. */
public interface HardeningRule extends Rule {
    /**
     * Fills in a safe value for each open finding, or skips it with a reason. Never fills in what the API server would
     * reject, nor anything for a container whose finding is exempt.
     */
    void harden(HardeningPass hardening);

    /** What {@link #harden} adds, in CEL. */
    CelFilling hardenInCel(RuleSettings settings);

    /**
     * When {@link #harden} may do anything about a pod that is being created, where a policy has this rule fill in.
     *
     * @param settings what the policies in force say together; which of them counts for a pod is not known
     */
    CelNeed needInCel(RuleSettings settings, ClusterCapabilities cluster);

    /** Whether these settings have {@link #harden} fill in what no finding is about, whatever the rule's action. */
    default boolean fillsInBySettings(RuleSettings settings) {
        return false;
    }
}

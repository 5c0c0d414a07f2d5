package dev.bulkhead.engine.rule;

import dev.bulkhead.engine.cel.CelFilling;

/** A rule whose unset fields have a safe value. */
public interface HardeningRule extends Rule {
    /**
     * Fills in a safe value for each open finding, or skips it with a reason. Never fills in what the API server would
     * reject, nor anything for a container whose finding is exempt.
     */
    void harden(HardeningPass hardening);

    /** What {@link #harden} adds, in CEL. */
    CelFilling hardenInCel(RuleSettings settings);
}

package dev.bulkhead.engine.rule;

/** A rule whose unset fields have a safe value. */
public interface HardeningRule extends Rule {
    /**
     * Fills in what the open findings lack, or leaves a finding with a reason. Never fills in what the API server
     * would reject, and nothing for a container whose finding is exempt.
     */
    void harden(HardeningPass hardening);
}

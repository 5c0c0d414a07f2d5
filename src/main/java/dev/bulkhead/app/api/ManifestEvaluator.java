package dev.bulkhead.app.api;

import dev.bulkhead.engine.rule.WorkMeter;

/** Evaluates manifests as the webhook would evaluate their objects. */
public interface ManifestEvaluator {
    /**
     * Evaluates a manifest and gives the report, as JSON in UTF-8.
     *
     * @param work counts what is done, and ends it in time
     * @throws ProblemException if anything in it cannot be read or evaluated, or if there is nothing in it
     */
    byte[] check(byte[] manifest, CheckParameters parameters, WorkMeter work);
}

package dev.bulkhead.app.api;

import dev.bulkhead.engine.rule.WorkMeter;

/** Judges manifests as the webhook would judge their objects. */
interface ManifestJudge {
    /**
     * Judges a manifest and gives the report, as JSON in UTF-8.
     *
     * @param work counts what is done, and ends it in time
     * @throws ProblemException if anything in it cannot be read or judged, or if there is nothing in it
     */
    byte[] check(byte[] manifest, CheckParameters parameters, WorkMeter work);
}

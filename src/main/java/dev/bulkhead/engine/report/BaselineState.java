package dev.bulkhead.engine.report;

/** What a baseline has to do with a finding. */
public enum BaselineState {
    /** It is in the baseline, and tolerated. */
    KNOWN,
    /** It is not in the baseline, or worse than there. */
    NEW
}

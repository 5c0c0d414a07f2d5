package dev.bulkhead.engine.preview;

/** What enforcing would do to a workload, from the best to the worst. */
public enum PreviewOutcome {
    /** It is admitted as it is, perhaps with a warning. */
    PASSES("passes"),
    /** It is admitted with fields filled in, and nothing that is known keeps it from starting with them. */
    HARDENED("hardened"),
    /** It is admitted with fields filled in, and will not start with them, or that is not known. */
    AT_RISK("at-risk"),
    /** It is not admitted. */
    DENIED("denied");

    private final String label;

    PreviewOutcome(String label) {
        this.label = label;
    }

    /** As reports and URLs have it. */
    public String label() {
        return label;
    }
}

package dev.bulkhead.engine.rule;

/**
 * A rule's summary of its findings in one pod.
 *
 * @param reason the short text, such as {@code hostPort}
 * @param detail the long text; may be empty
 */
public record PodSummary(String reason, String detail) {
    /** The reason, followed by the detail in brackets where there is one. */
    public String sentence() {
        return detail.isEmpty() ? reason : reason + " (" + detail + ")";
    }
}

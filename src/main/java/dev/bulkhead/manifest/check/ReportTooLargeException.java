package dev.bulkhead.manifest.check;

/** There is more to report about a manifest than there may be. */
public final class ReportTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReportTooLargeException() {
        super("there is too much to report", null, false, false);
    }
}

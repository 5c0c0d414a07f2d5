package dev.bulkhead.app.cluster.scan.preview;

/** No preview was made. The message is for the person who asked, a sentence without its end. */
public final class PreviewRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /** Why there is none. */
    public enum Reason {
        /** What was asked for is wrong; the message has a line for each problem. */
        INVALID,
        /** The cluster has not been read yet. */
        NOT_READY,
        /** Another preview is being made; it can be asked for again. */
        BUSY,
        /** It took too long; for fewer namespaces it may not. */
        TOO_LONG
    }

    PreviewRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}

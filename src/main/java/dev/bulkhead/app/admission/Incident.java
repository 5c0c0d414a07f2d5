package dev.bulkhead.app.admission;

import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Something went wrong inside. The log holds all of it; a client gets no more than the reference by which to find it
 * there.
 *
 * @param reference eight hexadecimal digits
 */
public record Incident(String reference) {
    private static final Logger LOG = Logger.getLogger(Incident.class);

    /** Causes that are told at most; the innermost ones matter least when there are more. */
    private static final int MOST_CAUSES = 8;

    /** One that could not be written down. */
    private static final Incident UNKNOWN = new Incident("00000000");

    /**
     * Writes down what happened, even that memory or the stack are exhausted. Never throws: where nothing can be written,
     * the reference consists of zeros.
     */
    public static Incident of(Throwable cause) {
        Incident incident = UNKNOWN;
        try {
            incident = new Incident(
                    String.format("%08x", ThreadLocalRandom.current().nextInt()));
            LOG.errorf("Bulkhead failed to answer a review, reference %s%s", incident.reference, told(cause));
            return incident;
        } catch (RuntimeException | Error e) {
            return incident;
        }
    }

    /** What a client may know. */
    public String text() {
        return "an error inside Bulkhead; its log has more under the reference " + reference;
    }

    /** The stack trace, whose messages may quote what users wrote: they must not look like lines of the log. */
    private static String told(Throwable cause) {
        StringBuilder told = new StringBuilder();
        Throwable current = cause;
        for (int i = 0; current != null && i < MOST_CAUSES; i++) {
            told.append(i == 0 ? ": " : "\nCaused by: ")
                    .append(current.getClass().getName());
            if (current.getMessage() != null) {
                told.append(": ").append(DenialMessages.line(current.getMessage()));
            }
            for (StackTraceElement frame : current.getStackTrace()) {
                told.append("\n\tat ").append(frame);
            }
            current = current.getCause();
        }
        return told.toString();
    }
}

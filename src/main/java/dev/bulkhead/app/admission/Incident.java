package dev.bulkhead.app.admission;

import dev.bulkhead.engine.text.FailureText;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * An internal error. The log holds all of it; clients get only the reference by which to find it there.
 *
 * @param reference eight hexadecimal digits
 */
public record Incident(String reference) {
    private static final Logger LOG = Logger.getLogger(Incident.class);

    /** One that could not be logged. */
    private static final Incident UNKNOWN = new Incident("00000000");

    /**
     * Logs the cause, even when memory or the stack is exhausted. Never throws: if nothing can be logged, the
     * reference consists of zeros.
     */
    public static Incident of(Throwable cause) {
        Incident incident = UNKNOWN;
        try {
            incident = new Incident(
                    String.format("%08x", ThreadLocalRandom.current().nextInt()));
            LOG.errorf(
                    "Bulkhead failed to answer a review, reference %s: %s",
                    incident.reference, String.join("\n", FailureText.stackTrace(cause)));
            return incident;
        } catch (RuntimeException | Error e) {
            return incident;
        }
    }

    /** The text for clients. */
    public String text() {
        return "an error inside Bulkhead; its log has more under the reference " + reference;
    }
}

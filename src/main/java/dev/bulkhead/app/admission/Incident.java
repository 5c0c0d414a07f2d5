package dev.bulkhead.app.admission;

import dev.bulkhead.engine.text.FailureText;
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
            LOG.errorf(
                    "Bulkhead failed to answer a review, reference %s: %s",
                    incident.reference, String.join("\n", FailureText.stackTrace(cause)));
            return incident;
        } catch (RuntimeException | Error e) {
            return incident;
        }
    }

    /** What a client may know. */
    public String text() {
        return "an error inside Bulkhead; its log has more under the reference " + reference;
    }
}

package dev.bulkhead.app.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the requests to the webhook that got no decision. */
public final class RefusalMetrics {
    private final MeterRegistry meters;
    private final Map<Integer, Counter> refusals = new ConcurrentHashMap<>();

    public RefusalMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Records the status of a response; 200 is that of a decision. */
    public void note(int status) {
        if (status != 200) {
            refusals.computeIfAbsent(status, this::counter).increment();
        }
    }

    /** The endpoint uses a handful of status codes. */
    private Counter counter(int status) {
        return Counter.builder("bulkhead.admission.refusals")
                .description("Requests that got no decision, by HTTP status")
                .tag("status", Integer.toString(status))
                .register(meters);
    }
}

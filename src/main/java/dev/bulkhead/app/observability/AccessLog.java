package dev.bulkhead.app.observability;

import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.config.GateConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Observes every HTTP request and its response: counts those without a decision, and logs each if configured. */
public final class AccessLog {
    /** The log category, for configuration. */
    public static final String CATEGORY = "dev.bulkhead.access";

    private final boolean wanted;
    private final StructuredLog log;
    private final MeterRegistry meters;
    private final Map<Integer, Counter> refusals = new ConcurrentHashMap<>();

    public AccessLog(GateConfig.Log config, MeterRegistry meters) {
        this.wanted = config.access();
        this.log = new StructuredLog(CATEGORY, "request", config.json());
        this.meters = meters;
    }

    /**
     * Records a response.
     *
     * @param start when the request's head was read, by {@link System#nanoTime()}
     */
    public void note(HttpServerRequest request, Answer answer, long start) {
        if (answer.status() != 200) {
            refusals.computeIfAbsent(answer.status(), this::counter).increment();
        }
        if (!wanted) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put("client", String.valueOf(request.remoteAddress()));
        values.put("method", request.method().name());
        values.put("uri", request.uri());
        values.put("status", Integer.toString(answer.status()));
        values.put("received", Long.toString(request.bytesRead()));
        values.put("sent", Integer.toString(answer.body().length));
        values.put("micros", Long.toString(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start)));
        values.put("agent", text(request.getHeader(HttpHeaders.USER_AGENT)));
        log.write(values);
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }

    /** The endpoint uses a handful of status codes. */
    private Counter counter(int status) {
        return Counter.builder("bulkhead.admission.refusals")
                .description("Requests that got no decision, by HTTP status")
                .tag("status", Integer.toString(status))
                .register(meters);
    }
}

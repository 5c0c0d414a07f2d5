package dev.bulkhead.app.observability;

import dev.bulkhead.app.config.GateConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Logs every HTTP request that was answered, if configured. Queries are not logged, as they may carry secrets. */
public final class AccessLog {
    /** The log category, for configuration. */
    public static final String CATEGORY = "dev.bulkhead.access";

    private final boolean wanted;
    private final StructuredLog log;

    public AccessLog(GateConfig.Log config) {
        this.wanted = config.access();
        this.log = new StructuredLog(CATEGORY, "request", config.json());
    }

    /**
     * Records a response.
     *
     * @param sent the bytes of its body
     * @param start when the request's head was read, by {@link System#nanoTime()}
     */
    public void note(HttpServerRequest request, int status, long sent, long start) {
        if (!wanted) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put("client", String.valueOf(request.remoteAddress()));
        values.put("method", request.method().name());
        values.put("uri", withoutQuery(request.uri()));
        values.put("status", Integer.toString(status));
        values.put("received", Long.toString(request.bytesRead()));
        values.put("sent", Long.toString(sent));
        values.put("micros", Long.toString(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start)));
        values.put("agent", text(request.getHeader(HttpHeaders.USER_AGENT)));
        log.write(values);
    }

    private static String withoutQuery(String uri) {
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }
}

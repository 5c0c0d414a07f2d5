package dev.bulkhead.app.observability;

import dev.bulkhead.app.config.GateConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
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
        log.write(log.line()
                .add("client", String.valueOf(request.remoteAddress()))
                .add("method", request.method().name())
                .add("uri", withoutQuery(request.uri()))
                .add("status", Integer.toString(status))
                .add("received", Long.toString(request.bytesRead()))
                .add("sent", Long.toString(sent))
                .add("micros", Long.toString(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start)))
                .add("agent", text(request.getHeader(HttpHeaders.USER_AGENT))));
    }

    private static String withoutQuery(String uri) {
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }
}

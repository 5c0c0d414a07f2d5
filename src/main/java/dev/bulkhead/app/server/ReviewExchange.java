package dev.bulkhead.app.server;

import dev.bulkhead.app.admission.AdmissionContext.Caller;
import dev.bulkhead.app.admission.AdmissionService.Answer;
import dev.bulkhead.app.observability.AccessLog;
import dev.bulkhead.app.observability.RefusalMetrics;
import dev.bulkhead.app.server.ConnectionLimits.Connection;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A request and its single response. Runs on its event loop. */
final class ReviewExchange {
    private final HttpServerRequest request;
    private final Optional<AccessLog> log;
    private final RefusalMetrics refusals;
    private final BooleanSupplier draining;
    private final Caller caller;
    private final long start = System.nanoTime();
    private boolean answered;

    /**
     * Starts now; while draining, every response closes its connection.
     *
     * @param log empty for a request that is not logged
     */
    ReviewExchange(
            HttpServerRequest request,
            Optional<AccessLog> log,
            RefusalMetrics refusals,
            BooleanSupplier draining,
            Caller caller) {
        this.request = request;
        this.log = log;
        this.refusals = refusals;
        this.draining = draining;
        this.caller = caller;
    }

    HttpServerRequest request() {
        return request;
    }

    Caller caller() {
        return caller;
    }

    /** When it started, by {@link System#nanoTime()}. */
    long start() {
        return start;
    }

    /**
     * Sends the answer, unless one was sent before.
     *
     * @param last whether the connection is closed afterwards
     */
    void respond(Answer answer, boolean last) {
        HttpServerResponse response = request.response();
        if (answered || response.ended() || response.closed()) {
            return;
        }
        answered = true;
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
        if (answer.status() == 405) {
            response.putHeader(HttpHeaders.ALLOW, "POST");
        } else if (answer.status() == 429) {
            response.putHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        if (last || draining.getAsBoolean()) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.end(Buffer.buffer(answer.body())).onComplete(sent -> {
            ConnectionLimits.of(request.connection()).ifPresent(Connection::answered);
            if (last) {
                request.connection().close();
            }
        });
        refusals.note(answer.status());
        log.ifPresent(access -> access.note(request, answer.status(), answer.body().length, start));
    }
}

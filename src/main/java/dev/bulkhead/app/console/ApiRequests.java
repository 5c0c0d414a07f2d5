package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ConsoleAccess;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * Hands requests for the API to its routes, once it is known who sends them. Others are answered with a problem. All methods
 * run on the request's event loop.
 */
final class ApiRequests {
    private final ConsoleAccess access;
    private final Failures failures;
    private final AnswerThreads threads;
    private final Duration bodyTime;
    private final Runnable onLook;

    ApiRequests(ConsoleAccess access, Failures failures, AnswerThreads threads, Duration bodyTime, Runnable onLook) {
        this.access = access;
        this.failures = failures;
        this.threads = threads;
        this.bodyTime = bodyTime;
        this.onLook = onLook;
    }

    /** Its body is not read before its sender is known; whatever the answer, it is read in the end. */
    void handle(Exchange exchange) {
        exchange.request().pause();
        threads.work(
                exchange,
                () -> {
                    Access result = access.of(exchange.client());
                    if (result instanceof Access.Granted) {
                        onLook.run();
                    }
                    return result;
                },
                result -> answer(exchange, result),
                response -> refuse(exchange, response),
                () -> {});
    }

    private void answer(Exchange exchange, Access result) {
        if (!(result instanceof Access.Granted granted)) {
            refuse(exchange, denied(exchange, result));
        } else if (!exchange.reads()
                && !access.isByToken(exchange.client())
                && !exchange.client().isFromOwnPage()) {
            refuse(exchange, failures.crossSite(exchange));
        } else {
            HttpServerRequest request = exchange.request();
            HttpServerResponse response = request.response();
            exchange.carrier().admit(request.connection(), granted.viewer());
            ConsoleResponse.protect(response);
            response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            VertxHttpRecorder.getRootHandler().handle(request);
        }
    }

    private ConsoleResponse denied(Exchange exchange, Access result) {
        if (result instanceof Access.Refused refused) {
            return failures.of(exchange, refused);
        }
        boolean sent = exchange.client().headers().containsKey("authorization");
        return failures.of(
                        exchange,
                        401,
                        "Sign in",
                        sent
                                ? "The API server does not know this token, or it has expired."
                                : "Send a token of the cluster: Authorization: Bearer …, which kubectl create token makes;"
                                        + " or sign in at /sign-in.")
                .with("WWW-Authenticate", sent ? "Bearer error=\"invalid_token\"" : "Bearer");
    }

    private void refuse(Exchange exchange, ConsoleResponse response) {
        exchange.discard(bodyTime, () -> exchange.send(response), () -> exchange.sendLast(response));
    }
}

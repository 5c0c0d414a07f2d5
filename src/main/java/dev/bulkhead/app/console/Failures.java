package dev.bulkhead.app.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.console.access.Access;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the console answers instead of what was asked for: a page for a person, a problem for a program. */
final class Failures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final StrangerPages strangers;

    Failures(StrangerPages strangers) {
        this.strangers = strangers;
    }

    /** An answer of that status. */
    ConsoleResponse of(Exchange exchange, int status, String title, String sentence) {
        ConsoleResponse response = exchange.target().isForApi()
                ? of(Problem.of(status, sentence))
                : ConsoleResponse.of(strangers.failure(status, title, sentence), false);
        return switch (status) {
            case TOO_MANY -> response.with("Retry-After", "60");
            case UNAVAILABLE -> response.with("Retry-After", "1");
            default -> response;
        };
    }

    /** A problem as it is sent. */
    static ConsoleResponse of(Problem problem) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", Problem.MEDIA_TYPE);
        headers.put("Cache-Control", "no-store");
        headers.putAll(problem.headers());
        try {
            return new ConsoleResponse(problem.status(), headers, Buffer.buffer(JSON.writeValueAsBytes(problem)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem cannot be written", e);
        }
    }

    ConsoleResponse of(Exchange exchange, Access.Refused refused) {
        return of(exchange, refused.status(), refused.title(), refused.sentence());
    }

    /** Another site may have sent the request. */
    ConsoleResponse crossSite(Exchange exchange) {
        return of(
                exchange,
                403,
                "From another site",
                exchange.target().isForApi()
                        ? "With a cookie only a page of this console can send that. A program sends a token of the cluster:"
                                + " Authorization: Bearer …"
                        : "Only a page of this console can send that.");
    }

    /** Too many answers are waited for, or forms hold too much memory. */
    ConsoleResponse busy(Exchange exchange) {
        return of(exchange, UNAVAILABLE, "Busy", "Too many requests are being answered. Try again in a second.");
    }

    /** The answer was not made in time. */
    ConsoleResponse tooLate(Exchange exchange) {
        return of(exchange, UNAVAILABLE, "Too slow", "This took too long. Try again.");
    }

    /** The body was not sent in time. */
    ConsoleResponse tooSlow(Exchange exchange) {
        return of(exchange, 408, "Too slow", "The request did not arrive in time.");
    }
}

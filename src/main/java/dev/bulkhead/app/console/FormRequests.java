package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.server.BodyReader;
import dev.bulkhead.app.server.BodyReader.Received;
import dev.bulkhead.app.server.BufferBudget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads forms within their size and the memory that all forms share, and answers them. */
final class FormRequests {
    static final String SIGN_IN = "/sign-in";
    private static final String SIGN_OUT = "/sign-out";

    /** The paths that forms are sent to. */
    static final Set<String> PATHS = Set.of("/playground", SIGN_IN, SIGN_OUT);

    /** A form without a manifest, or of a person who has not signed in: a token of a cluster has a few thousand bytes. */
    private static final int SMALL = 32 * 1024;

    private final ConsoleRequests.Limits limits;
    private final ConsoleAccess access;
    private final PageRequests pages;
    private final Failures failures;
    private final AnswerThreads threads;
    private final BufferBudget budget;

    FormRequests(
            ConsoleRequests.Limits limits,
            ConsoleAccess access,
            PageRequests pages,
            Failures failures,
            AnswerThreads threads) {
        this.limits = limits;
        this.access = access;
        this.pages = pages;
        this.failures = failures;
        this.threads = threads;
        this.budget = new BufferBudget((long) limits.maxBody() * limits.threads(), limits.maxBody());
    }

    /** Reads a form and answers it; runs on the request's event loop. */
    void receive(Exchange exchange) {
        String path = exchange.path();
        int most = path.equals(SIGN_IN) || path.equals(SIGN_OUT) || !access.isPlausible(exchange.client())
                ? SMALL
                : limits.maxBody();
        BodyReader.keep(exchange.request(), exchange.vertx(), budget, body -> 0, most, limits.bodyTime(), received -> {
            if (received instanceof Received.Whole whole) {
                BodyReader reader = whole.reader();
                byte[] body = reader.bytes();
                threads.work(
                        exchange,
                        () -> answer(exchange, new String(body, StandardCharsets.UTF_8)),
                        exchange::send,
                        exchange::send,
                        // What is made of a form takes its memory as long as it is made.
                        reader::release);
            } else if (received instanceof Received.TooSlow) {
                exchange.sendLast(failures.of(exchange, 408, "Too slow", "The form did not arrive in time."));
            } else if (received instanceof Received.TooLarge large) {
                large.beginning().release();
                exchange.send(failures.of(exchange, 413, "Too large", "The form is larger than " + most + " bytes."));
            } else {
                exchange.send(failures.busy(exchange));
            }
        });
    }

    private ConsoleResponse answer(Exchange exchange, String body) {
        Optional<Map<String, List<String>>> fields = RequestTarget.fields(body);
        if (fields.isEmpty()) {
            return failures.of(exchange, 400, "Wrong form", "The form is not written properly.");
        }
        Map<String, List<String>> form = fields.get();
        if (exchange.path().equals(SIGN_IN)) {
            Access result = access.signIn(exchange.client(), form);
            String next =
                    form.getOrDefault("next", List.of()).stream().findFirst().orElse("/");
            return pages.denied(exchange, result, PageRequests.isOwnPath(next) ? next : "/");
        }
        Access result = access.of(exchange.client());
        if (!(result instanceof Access.Granted granted)) {
            return pages.denied(exchange, result, "/");
        }
        if (!access.isOwnForm(exchange.client(), form)) {
            return failures.crossSite(exchange);
        }
        return exchange.path().equals(SIGN_OUT)
                ? pages.denied(exchange, access.signOut(exchange.client()), "/")
                : pages.content(exchange, granted.viewer(), form);
    }
}

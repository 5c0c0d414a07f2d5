package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.listener.PlainPath;
import java.util.Locale;
import java.util.Optional;

/** Refuses what is wrong by its head, before anything is read or known of who sends it. */
final class HeadCheck {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final ConsoleAccess access;
    private final Failures failures;

    HeadCheck(ConsoleAccess access, Failures failures) {
        this.access = access;
        this.failures = failures;
    }

    /** Why it is refused; empty if it is not. */
    Optional<ConsoleResponse> refusal(Exchange exchange) {
        Optional<Access.Refused> refused = access.refusal(exchange.client());
        if (refused.isPresent()) {
            return refused.map(why -> failures.of(exchange, why));
        }
        if (exchange.target().isForApi()) {
            return PlainPath.isOfApi(exchange.path())
                    ? Optional.empty()
                    : Optional.of(failures.of(
                            exchange, 404, "There is nothing here", "The console's API has nothing at this path."));
        }
        return exchange.reads() ? Optional.empty() : ofForm(exchange);
    }

    private Optional<ConsoleResponse> ofForm(Exchange exchange) {
        boolean takesForms = FormRequests.PATHS.contains(exchange.path());
        if (!exchange.client().method().equals("POST") || !takesForms) {
            return Optional.of(failures.of(exchange, 405, "Wrong method", "This page can be read only.")
                    .with("Allow", takesForms ? "GET, HEAD, POST" : "GET, HEAD"));
        }
        if (!exchange.client().isFromOwnPage()) {
            return Optional.of(failures.crossSite(exchange));
        }
        if (!exchange.client()
                        .header("content-type")
                        .filter(type -> type.toLowerCase(Locale.ROOT)
                                .split(";", 2)[0]
                                .strip()
                                .equals(FORM))
                        .isPresent()
                || exchange.client().headers().containsKey("content-encoding")) {
            return Optional.of(failures.of(exchange, 415, "Wrong type", "A form is sent as " + FORM + "."));
        }
        return Optional.empty();
    }
}

package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ClientRequest;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.ConsoleContent;
import dev.bulkhead.app.console.page.PageRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes pages for those who have signed in, and the sign-in page for others. May wait; runs on any thread. */
final class PageRequests {
    private final ConsoleAccess access;
    private final ConsoleContent content;
    private final StrangerPages strangers;
    private final Failures failures;
    private final Runnable onLook;

    PageRequests(
            ConsoleAccess access, ConsoleContent content, StrangerPages strangers, Failures failures, Runnable onLook) {
        this.access = access;
        this.content = content;
        this.strangers = strangers;
        this.failures = failures;
        this.onLook = onLook;
    }

    /** The page at an address. */
    ConsoleResponse page(Exchange exchange) {
        Access result = access.of(exchange.client());
        if (result instanceof Access.Granted granted) {
            return exchange.path().equals(FormRequests.SIGN_IN)
                    ? ConsoleResponse.redirect("/", Optional.empty())
                    : content(exchange, granted.viewer(), Map.of());
        }
        return denied(exchange, result, next(exchange));
    }

    /**
     * The page at an address.
     *
     * @param form that was sent there; empty for a link
     */
    ConsoleResponse content(Exchange exchange, Viewer viewer, Map<String, List<String>> form) {
        onLook.run();
        ClientRequest client = exchange.client();
        boolean fragment = client.header("hx-request").filter("true"::equals).isPresent()
                && !client.headers().containsKey("hx-history-restore-request")
                && !client.headers().containsKey("hx-boosted");
        return ConsoleResponse.of(
                content.answer(new PageRequest(
                        exchange.target().decoded(), exchange.target().query(), form, viewer, fragment)),
                exchange.compresses());
    }

    /** The answer to a person who may not see the page, or is redirected. */
    ConsoleResponse denied(Exchange exchange, Access result, String next) {
        if (result instanceof Access.Redirected redirected) {
            return ConsoleResponse.redirect(
                    redirected.path().isEmpty() ? next : redirected.path(), redirected.cookie());
        }
        if (result instanceof Access.SignInNeeded needed) {
            ConsoleResponse page = ConsoleResponse.of(strangers.signIn(needed.problem(), next), exchange.compresses())
                    // A script that wanted part of a page loads all of it.
                    .with("HX-Refresh", "true");
            return new ConsoleResponse(needed.status(), page.headers(), page.body());
        }
        return result instanceof Access.Refused refused
                ? failures.of(exchange, refused)
                : ConsoleResponse.redirect(next, Optional.empty());
    }

    /** A path of this console to go on to; another address never is one. */
    static boolean isOwnPath(String next) {
        return next.startsWith("/")
                && !next.startsWith("//")
                && next.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
    }

    private static String next(Exchange exchange) {
        String uri = exchange.request().uri();
        return exchange.path().equals(FormRequests.SIGN_IN) || !isOwnPath(uri) ? "/" : uri;
    }
}

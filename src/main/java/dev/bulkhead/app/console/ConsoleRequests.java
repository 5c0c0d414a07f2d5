package dev.bulkhead.app.console;

import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.console.access.Access;
import dev.bulkhead.app.console.access.ClientRequest;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.ConsoleContent;
import dev.bulkhead.app.console.page.PageRequest;
import dev.bulkhead.app.listener.PlainPath;
import dev.bulkhead.app.server.BodyReader;
import dev.bulkhead.app.server.BodyReader.Received;
import dev.bulkhead.app.server.BufferBudget;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/**
 * Handles every request to the console: refuses what is wrong by its head, reads the body of a form, finds out who sends
 * it, and has the page made. Only the head and the bytes are handled on the event loop.
 */
final class ConsoleRequests implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ConsoleRequests.class);

    private static final String CHECK = "/api/v1/check";
    private static final String SIGN_IN = "/sign-in";
    private static final String SIGN_OUT = "/sign-out";

    /** The paths that forms are sent to. */
    private static final Set<String> FORMS = Set.of("/playground", SIGN_IN, SIGN_OUT);

    private static final String FORM = "application/x-www-form-urlencoded";

    /** A form without a manifest, or of a person who has not signed in: a token of a cluster has a few thousand bytes. */
    private static final int SMALL_FORM = 32 * 1024;

    private final Limits limits;
    private final ConsoleAccess access;
    private final ConsoleContent content;
    private final StrangerPages strangers;
    private final ConsoleAssets assets;
    private final Runnable onLook;
    private final PageThreads threads;
    private final BufferBudget budget;

    /**
     * What a request may take.
     *
     * @param threads the number of pages made at once
     * @param maxBody the largest form
     * @param bodyTime the time for the body after the head
     * @param pageTime the time from the body to the answer
     */
    record Limits(int threads, int maxBody, Duration bodyTime, Duration pageTime) {}

    /** Makes nothing before it is asked. */
    ConsoleRequests(
            Limits limits,
            ConsoleAccess access,
            ConsoleContent content,
            StrangerPages strangers,
            ConsoleAssets assets,
            Runnable onLook) {
        this.limits = limits;
        this.access = access;
        this.content = content;
        this.strangers = strangers;
        this.assets = assets;
        this.onLook = onLook;
        this.threads = new PageThreads(limits.threads());
        this.budget = new BufferBudget((long) limits.maxBody() * limits.threads(), limits.maxBody());
    }

    /** The listener by which requests come. */
    interface Carrier {
        /** Until the request on that connection is answered, it is known who sent it. */
        void admit(HttpConnection connection, Viewer viewer);

        /** The request has an answer, or will have none. */
        void end(HttpServerRequest request, boolean answered, long start);
    }

    /** A request while it is handled. */
    private record Exchange(
            HttpServerRequest request,
            Context context,
            Carrier carrier,
            ClientRequest client,
            RequestTarget target,
            long start) {
        boolean compresses() {
            return client.header("accept-encoding")
                    .filter(text -> text.contains("gzip"))
                    .isPresent();
        }

        Vertx vertx() {
            return context.owner();
        }
    }

    /** Handles a request; runs on its event loop. */
    void handle(HttpServerRequest request, Carrier carrier) {
        long start = System.nanoTime();
        ClientRequest client = client(request);
        Optional<RequestTarget> target = RequestTarget.of(request.uri());
        Exchange exchange = new Exchange(
                request,
                Vertx.currentContext(),
                carrier,
                client,
                target.orElseGet(() -> new RequestTarget("/", "/", Map.of())),
                start);
        Optional<ConsoleResponse> refusal = target.isEmpty()
                ? Optional.of(failure(400, "Wrong address", "The address of this page is not written properly."))
                : refusal(exchange);
        if (refusal.isPresent()) {
            discard(exchange, () -> send(exchange, refusal.get()));
            return;
        }
        if (exchange.target().isForApi()) {
            request.pause();
            work(exchange, () -> api(exchange));
        } else if (request.method().name().equals("POST")) {
            receiveForm(exchange);
        } else {
            discard(
                    exchange,
                    () -> assets.at(exchange.target().path())
                            .ifPresentOrElse(
                                    asset -> send(exchange, ConsoleResponse.of(asset, exchange.compresses())),
                                    () -> work(exchange, () -> page(exchange))));
        }
    }

    private static ClientRequest client(HttpServerRequest request) {
        Map<String, List<String>> headers = new HashMap<>();
        for (String name : request.headers().names()) {
            headers.put(
                    name.toLowerCase(Locale.ROOT), List.copyOf(request.headers().getAll(name)));
        }
        return new ClientRequest(
                request.method().name(),
                Optional.ofNullable(request.path()).orElse("/"),
                request.remoteAddress() == null
                        ? ""
                        : String.valueOf(request.remoteAddress().hostAddress()),
                headers);
    }

    /** Why it is refused by its head. */
    private Optional<ConsoleResponse> refusal(Exchange exchange) {
        Optional<Access.Refused> refused = access.refusal(exchange.client());
        if (refused.isPresent()) {
            return refused.map(this::refused);
        }
        String method = exchange.client().method();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (exchange.target().isForApi() && !isServed(exchange.target().path())) {
            return Optional.of(failure(404, "There is nothing here", "The console's API has nothing at this path."));
        }
        if (exchange.target().isForApi()) {
            return reads || isSafeToSend(exchange.client()) ? Optional.empty() : Optional.of(crossSite());
        }
        if (reads) {
            return Optional.empty();
        }
        if (!method.equals("POST") || !FORMS.contains(exchange.target().path())) {
            return Optional.of(failure(405, "Wrong method", "This page can be read only.")
                    .with("Allow", FORMS.contains(exchange.target().path()) ? "GET, HEAD, POST" : "GET, HEAD"));
        }
        if (!exchange.client().isFromOwnPage()) {
            return Optional.of(crossSite());
        }
        if (!exchange.client()
                        .header("content-type")
                        .filter(type -> type.toLowerCase(Locale.ROOT)
                                .split(";", 2)[0]
                                .strip()
                                .equals(FORM))
                        .isPresent()
                || exchange.client().headers().containsKey("content-encoding")) {
            return Optional.of(failure(415, "Wrong type", "A form is sent as " + FORM + "."));
        }
        return Optional.empty();
    }

    /** A check would tell what applies in namespaces that a person may not see; the playground knows which these are. */
    private static boolean isServed(String path) {
        return PlainPath.isOfApi(path) && !path.startsWith(CHECK);
    }

    /** A browser adds no Authorization header to what another site has it send. */
    private static boolean isSafeToSend(ClientRequest client) {
        return client.headers().containsKey("authorization") || client.isFromOwnPage();
    }

    private ConsoleResponse crossSite() {
        return failure(403, "From another site", "Only a page of this console can send that.");
    }

    private void receiveForm(Exchange exchange) {
        String path = exchange.target().path();
        int most = path.equals(SIGN_IN) || path.equals(SIGN_OUT) || !access.isPlausible(exchange.client())
                ? SMALL_FORM
                : limits.maxBody();
        BodyReader.keep(exchange.request(), exchange.vertx(), budget, body -> 0, most, limits.bodyTime(), received -> {
            if (received instanceof Received.Whole whole) {
                byte[] body = whole.reader().bytes().clone();
                whole.reader().release();
                work(exchange, () -> form(exchange, new String(body, StandardCharsets.UTF_8)));
            } else if (received instanceof Received.TooSlow) {
                send(exchange, failure(408, "Too slow", "The form did not arrive in time."), true);
            } else if (received instanceof Received.TooLarge large) {
                large.beginning().release();
                send(exchange, failure(413, "Too large", "The form is larger than " + most + " bytes."));
            } else {
                send(exchange, busy());
            }
        });
    }

    private void discard(Exchange exchange, Runnable then) {
        BodyReader.discard(exchange.request(), exchange.vertx(), limits.bodyTime(), received -> {
            if (received instanceof Received.TooSlow) {
                send(exchange, failure(408, "Too slow", "The request did not arrive in time."), true);
            } else {
                then.run();
            }
        });
    }

    /** Makes the answer on another thread; too late is answered as such. */
    private void work(Exchange exchange, Work work) {
        Optional<Future<?>> running = threads.run(() -> {
            try {
                work.answer().ifPresent(response -> exchange.context().runOnContext(now -> send(exchange, response)));
            } catch (RuntimeException | Error e) {
                Incident incident = Incident.of(e);
                exchange.context()
                        .runOnContext(now -> send(
                                exchange, failure(500, "Something went wrong", "There was " + incident.text() + ".")));
            }
        });
        if (running.isEmpty()) {
            send(exchange, busy());
            return;
        }
        long timer = exchange.vertx().setTimer(limits.pageTime().toMillis(), late -> {
            running.get().cancel(true);
            if (!exchange.request().response().ended()) {
                LOG.warnf("a page took more than %d ms", limits.pageTime().toMillis());
                send(
                        exchange,
                        failure(503, "Too slow", "This page took too long to make. Try again.")
                                .with("Retry-After", "1"),
                        true);
            }
        });
        exchange.request().response().endHandler(ended -> exchange.vertx().cancelTimer(timer));
    }

    /** Makes an answer; empty if another part does. */
    private interface Work {
        Optional<ConsoleResponse> answer();
    }

    private Optional<ConsoleResponse> page(Exchange exchange) {
        Access result = access.of(exchange.client());
        if (result instanceof Access.Granted granted) {
            if (exchange.target().path().equals(SIGN_IN)) {
                return Optional.of(ConsoleResponse.redirect("/", Optional.empty()));
            }
            return Optional.of(content(exchange, granted.viewer(), Map.of()));
        }
        return Optional.of(denied(exchange, result, next(exchange)));
    }

    private Optional<ConsoleResponse> form(Exchange exchange, String body) {
        Optional<Map<String, List<String>>> fields = RequestTarget.fields(body);
        if (fields.isEmpty()) {
            return Optional.of(failure(400, "Wrong form", "The form is not written properly."));
        }
        Map<String, List<String>> form = fields.get();
        if (exchange.target().path().equals(SIGN_IN)) {
            Access result = access.signIn(exchange.client(), form);
            String next =
                    form.getOrDefault("next", List.of()).stream().findFirst().orElse("/");
            return Optional.of(denied(exchange, result, isOwnPath(next) ? next : "/"));
        }
        Access result = access.of(exchange.client());
        if (!(result instanceof Access.Granted granted)) {
            return Optional.of(denied(exchange, result, "/"));
        }
        if (!access.isOwnForm(exchange.client(), form)) {
            return Optional.of(crossSite());
        }
        return Optional.of(
                exchange.target().path().equals(SIGN_OUT)
                        ? denied(exchange, access.signOut(exchange.client()), "/")
                        : content(exchange, granted.viewer(), form));
    }

    /** Hands a request to the API's routes once it is known who sends it. */
    private Optional<ConsoleResponse> api(Exchange exchange) {
        Access result = access.of(exchange.client());
        if (result instanceof Access.Granted granted) {
            onLook.run();
            exchange.context().runOnContext(now -> {
                exchange.carrier().admit(exchange.request().connection(), granted.viewer());
                ConsoleResponse.protect(exchange.request().response());
                exchange.request().response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                VertxHttpRecorder.getRootHandler().handle(exchange.request());
            });
            return Optional.empty();
        }
        exchange.context().runOnContext(now -> exchange.request().resume());
        return Optional.of(denied(exchange, result, "/").with("WWW-Authenticate", "Bearer"));
    }

    private ConsoleResponse content(Exchange exchange, Viewer viewer, Map<String, List<String>> form) {
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
    private ConsoleResponse denied(Exchange exchange, Access result, String next) {
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
                ? refused(refused)
                : ConsoleResponse.redirect(next, Optional.empty());
    }

    /** A path of this console to go on to; another address never is one. */
    private static boolean isOwnPath(String next) {
        return next.startsWith("/")
                && !next.startsWith("//")
                && next.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
    }

    private static String next(Exchange exchange) {
        String uri = exchange.request().uri();
        return exchange.target().path().equals(SIGN_IN) || !isOwnPath(uri) ? "/" : uri;
    }

    private ConsoleResponse refused(Access.Refused refused) {
        return failure(refused.status(), refused.title(), refused.sentence());
    }

    private ConsoleResponse busy() {
        return failure(503, "Busy", "Too many pages are being made. Try again in a second.")
                .with("Retry-After", "1");
    }

    private ConsoleResponse failure(int status, String title, String sentence) {
        return ConsoleResponse.of(strangers.failure(status, title, sentence), false);
    }

    private void send(Exchange exchange, ConsoleResponse response) {
        send(exchange, response, false);
    }

    private void send(Exchange exchange, ConsoleResponse response, boolean last) {
        response.send(
                exchange.request(),
                last,
                answered -> exchange.carrier().end(exchange.request(), answered, exchange.start()));
    }

    /** Handles a request that is not HTTP, or too long. */
    void refuseUnreadable(HttpServerRequest request, Carrier carrier) {
        long start = System.nanoTime();
        failure(400, "Unreadable", "The head of the request cannot be read, or is too long.")
                .send(request, true, answered -> carrier.end(request, answered, start));
    }

    @Override
    public void close() {
        threads.close();
    }
}

package dev.bulkhead.app.console;

import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.ConsoleContent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Routes every request to the console: to its files, pages, forms or API, unless its head is wrong. Only the head and the
 * bytes are handled on the event loop.
 */
final class ConsoleRequests implements AutoCloseable {
    private final Duration bodyTime;
    private final ConsoleAssets assets;
    private final Failures failures;
    private final HeadCheck heads;
    private final PageThreads pool;
    private final AnswerThreads threads;
    private final PageRequests pages;
    private final FormRequests forms;
    private final ApiRequests api;

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
        this.bodyTime = limits.bodyTime();
        this.assets = assets;
        this.failures = new Failures(strangers);
        this.heads = new HeadCheck(access, failures);
        this.pool = new PageThreads(limits.threads());
        this.threads = new AnswerThreads(pool, failures, limits.pageTime());
        this.pages = new PageRequests(access, content, strangers, failures, onLook);
        this.forms = new FormRequests(limits, access, pages, failures, threads);
        this.api = new ApiRequests(access, failures, threads, limits.bodyTime(), onLook);
    }

    /** The listener by which requests come. */
    interface Carrier {
        /** Until the request on that connection is answered, it is known who sent it. */
        void admit(HttpConnection connection, Viewer viewer);

        /** The request has an answer, or will have none. */
        void end(HttpServerRequest request, boolean answered, long start);
    }

    /** The threads on which its answers are made. */
    PageThreads threads() {
        return pool;
    }

    /** Handles a request; runs on its event loop. */
    void handle(HttpServerRequest request, Carrier carrier) {
        Optional<RequestTarget> target = RequestTarget.of(request.uri());
        Exchange exchange =
                Exchange.of(request, carrier, target.orElseGet(() -> RequestTarget.malformed(request.uri())));
        Optional<ConsoleResponse> refusal = target.isEmpty()
                ? Optional.of(failures.of(
                        exchange, 400, "Wrong address", "The address of this page is not written properly."))
                : heads.refusal(exchange);
        if (refusal.isPresent()) {
            discard(exchange, () -> exchange.send(refusal.get()));
        } else if (exchange.target().isForApi()) {
            api.handle(exchange);
        } else if (!exchange.reads()) {
            forms.receive(exchange);
        } else {
            discard(exchange, () -> read(exchange));
        }
    }

    private void read(Exchange exchange) {
        assets.at(exchange.path())
                .ifPresentOrElse(
                        asset -> exchange.send(ConsoleResponse.of(asset, exchange.compresses())),
                        () -> threads.work(
                                exchange, () -> pages.page(exchange), exchange::send, exchange::send, () -> {}));
    }

    private void discard(Exchange exchange, Runnable then) {
        exchange.discard(bodyTime, then, () -> exchange.sendLast(failures.tooSlow(exchange)));
    }

    /** Handles a request that is not HTTP, or too long. What it was for is not known. */
    void refuseUnreadable(HttpServerRequest request, Carrier carrier) {
        Exchange exchange = Exchange.of(request, carrier, new RequestTarget("/api", "/api", Map.of()));
        exchange.sendLast(Failures.of(Problem.of(400, "The head of the request cannot be read, or is too long.")));
    }

    @Override
    public void close() {
        pool.close();
    }
}

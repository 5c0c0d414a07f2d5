package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.ClientRequest;
import dev.bulkhead.app.server.BodyReader;
import dev.bulkhead.app.server.BodyReader.Received;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request to the console while it is handled. Its methods run on the request's event loop, unless they say otherwise.
 *
 * @param target that it asks for, or what takes its place where that is not written properly
 * @param start when its head was read, by {@link System#nanoTime()}
 */
record Exchange(
        HttpServerRequest request,
        Context context,
        ConsoleRequests.Carrier carrier,
        ClientRequest client,
        RequestTarget target,
        long start) {
    static Exchange of(HttpServerRequest request, ConsoleRequests.Carrier carrier, RequestTarget target) {
        return new Exchange(request, Vertx.currentContext(), carrier, client(request), target, System.nanoTime());
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

    String path() {
        return target.path();
    }

    /** Whether it changes nothing. */
    boolean reads() {
        return client.method().equals("GET") || client.method().equals("HEAD");
    }

    boolean compresses() {
        return client.header("accept-encoding")
                .filter(text -> text.contains("gzip"))
                .isPresent();
    }

    Vertx vertx() {
        return context.owner();
    }

    /** Runs it on the request's event loop; any thread may call this. */
    void later(Runnable work) {
        context.runOnContext(now -> work.run());
    }

    /** Reads what comes after the head and forgets it, so that the connection can be used again. */
    void discard(Duration time, Runnable then, Runnable tooSlow) {
        BodyReader.discard(request, vertx(), time, received -> {
            if (received instanceof Received.TooSlow) {
                tooSlow.run();
            } else {
                then.run();
            }
        });
    }

    void send(ConsoleResponse response) {
        send(response, false);
    }

    /** Sends it as the last on its connection. */
    void sendLast(ConsoleResponse response) {
        send(response, true);
    }

    private void send(ConsoleResponse response, boolean last) {
        response.send(request, last, answered -> carrier.end(request, answered, start));
    }
}

package dev.bulkhead.app.console;

import dev.bulkhead.app.console.access.ConsoleAccess;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.ConsoleContent;
import dev.bulkhead.app.listener.OwnListener;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The console's own listener and request handling, around other pages and people, without a program around. */
public final class TestConsole implements AutoCloseable, ConsoleRequests.Carrier, OwnListener.Handlers {
    private final ConsoleRequests requests;
    private final OwnListener listener;

    private TestConsole(ConsoleRequests requests) {
        this.requests = requests;
        this.listener = OwnListener.create(new OwnListener.Options("127.0.0.1", 0, 50, 8192, Optional.empty()), this);
    }

    /** Serves these pages to whom access says, on a free port of the loopback interface. */
    public static TestConsole start(ConsoleAccess access, ConsoleContent content, StrangerPages strangers)
            throws IOException {
        TestConsole console = new TestConsole(new ConsoleRequests(
                new ConsoleRequests.Limits(2, 4 << 20, Duration.ofSeconds(10), Duration.ofSeconds(30)),
                access,
                content,
                strangers,
                new ConsoleAssets(),
                () -> {}));
        console.listener.listen();
        return console;
    }

    public int port() {
        return listener.port();
    }

    @Override
    public void handle(HttpServerRequest request) {
        requests.handle(request, this);
    }

    @Override
    public void refuseUnreadable(HttpServerRequest request) {
        requests.refuseUnreadable(request, this);
    }

    @Override
    public void admit(HttpConnection connection, Viewer viewer) {
        throw new IllegalStateException("there is no API here");
    }

    @Override
    public void end(HttpServerRequest request, boolean answered, long start) {
        listener.end(request.connection());
    }

    @Override
    public void close() {
        listener.close(Duration.ofSeconds(1));
        requests.close();
    }
}

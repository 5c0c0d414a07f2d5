package dev.bulkhead.app.console.api;

import dev.bulkhead.app.admission.Incident;
import dev.bulkhead.app.api.Problem;
import dev.bulkhead.app.api.Problem.Status;
import dev.bulkhead.app.api.ProblemException;
import dev.bulkhead.app.console.ConsoleServer;
import dev.bulkhead.app.console.PageThreads;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.PageRequest;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.ScanRows;
import dev.bulkhead.app.console.view.Seen;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes answers for the person who sends a request, on the threads that pages are made on. Where no console runs, there is
 * nothing at its paths.
 */
@Singleton
final class ViewerAnswers {
    /** More than a preview takes. */
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final ConsoleServer server;
    private final Instance<PageThreads> threads;
    private final Instance<ScanRows> rows;
    private final Instance<ConsoleData> data;

    ViewerAnswers(
            ConsoleServer server, Instance<PageThreads> threads, Instance<ScanRows> rows, Instance<ConsoleData> data) {
        this.server = server;
        this.threads = threads;
        this.rows = rows;
        this.data = data;
    }

    /** What an answer is made of: as a page with the same parameters would be. */
    record AnswerContext(ConsoleData data, Seen seen, PageRequest request) {}

    /** Makes an answer. */
    interface Answer<T> {
        T of(AnswerContext context);
    }

    <T> CompletionStage<T> answer(RoutingContext routing, UriInfo uri, Answer<T> answer) {
        Viewer viewer = server.viewer(routing.request().connection())
                .orElseThrow(() -> new ProblemException(Problem.nothingHere()));
        Map<String, List<String>> query = new LinkedHashMap<>();
        uri.getQueryParameters().forEach((name, values) -> query.put(name, new ArrayList<>(values)));
        PageRequest request = new PageRequest(uri.getPath(), query, Map.of(), viewer, false);
        CompletableFuture<T> made = new CompletableFuture<>();
        Optional<PageThreads.Running> running = threads.get()
                .run(
                        () -> {
                            try {
                                made.complete(answer.of(new AnswerContext(data.get(), seen(viewer), request)));
                            } catch (ProblemException e) {
                                made.completeExceptionally(e);
                            } catch (RuntimeException | Error e) {
                                made.completeExceptionally(new ProblemException(Problem.of(
                                        Status.INTERNAL_SERVER_ERROR,
                                        "There was " + Incident.of(e).text() + ".")));
                            }
                        },
                        () -> {});
        if (running.isEmpty()) {
            throw unavailable("Too many requests are being answered. Try again in a second.");
        }
        long timer = routing.vertx()
                .setTimer(
                        WITHIN.toMillis(),
                        late -> made.completeExceptionally(unavailable("This took too long. Try again.")));
        routing.addEndHandler(ended -> {
            routing.vertx().cancelTimer(timer);
            running.get().cancel();
        });
        return made;
    }

    private Seen seen(Viewer viewer) {
        return rows.get()
                .seenBy(viewer)
                .orElseThrow(() -> unavailable(data.get().limits().stream()
                        .findFirst()
                        .orElse("The cluster has not been read yet. Try again in a few seconds.")));
    }

    static ProblemException unavailable(String detail) {
        return new ProblemException(
                Problem.of(Status.SERVICE_UNAVAILABLE, detail).with("Retry-After", "1"));
    }
}

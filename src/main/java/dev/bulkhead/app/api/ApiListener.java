package dev.bulkhead.app.api;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** A listener by which requests may reach the API. */
public interface ApiListener {
    /** Whether a request on that connection came by this listener. */
    boolean carries(HttpConnection connection);

    /** What evaluates manifests for who sends requests on that connection; empty where the policies in force are for everybody. */
    default Optional<ManifestEvaluator> evaluator(HttpConnection connection) {
        return Optional.empty();
    }

    /**
     * The request has an answer, or will have none. What is routed is ended by its route, for which an end handler of the
     * response's own would be replaced.
     *
     * @param answered whether it has one
     * @param start when the request's head was read, by {@link System#nanoTime()}
     */
    void end(HttpServerRequest request, boolean answered, long start);
}

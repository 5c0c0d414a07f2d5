package dev.bulkhead.app.server;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the head of a request. */
final class RequestHead {
    private static final String USAGE =
            "POST an AdmissionReview to /validate, /mutate, /validate/{profile} or /mutate/{profile}.";

    /** The answer at any other path. */
    static final Refusal NOTHING_HERE = new Refusal(404, "There is nothing here. " + USAGE);

    private RequestHead() {}

    /** Why a request is rejected. */
    record Refusal(int status, String text) {}

    /** What is wrong with a request whose path is known. */
    static Optional<Refusal> refusal(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return Optional.of(new Refusal(405, "Only POST is answered. " + USAGE));
        }
        if (request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            return Optional.of(new Refusal(415, "The body must not be encoded."));
        }
        if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Optional.of(new Refusal(415, "The body must be application/json."));
        }
        return Optional.empty();
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        if (contentType.equals("application/json")) {
            return true;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (!parameter.isEmpty() && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return parts[0].strip().equals("application/json");
    }

    static boolean expectsToBeAsked(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
    }
}

package dev.bulkhead.versus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;

/** A request that is sent over and over, and the only answer to it that counts. */
record Call(String what, HttpRequest request, Expected expected) {
    private static final Pattern ALLOWED = Pattern.compile("\"allowed\"\\s*:\\s*true");
    private static final Pattern DENIED = Pattern.compile("\"allowed\"\\s*:\\s*false");

    /** What has to be answered. */
    enum Expected {
        /** A review: the pod is admitted. */
        ADMITTED("admitted"),
        /** A review: the pod is refused. */
        REFUSED("refused"),
        /** A review: the pod is admitted, with a patch. */
        PATCHED("admitted with a patch"),
        /** A pod sent to the API server. */
        CREATED("created"),
        /** The same. */
        FORBIDDEN("rejected by admission");

        private final String text;

        Expected(String text) {
            this.text = text;
        }

        boolean is(HttpResponse<String> answer) {
            String body = answer.body();
            return switch (this) {
                case ADMITTED -> answer.statusCode() == 200 && allowed(body);
                case PATCHED -> answer.statusCode() == 200 && allowed(body) && body.contains("\"patch\"");
                case REFUSED -> answer.statusCode() == 200 && DENIED.matcher(body).find();
                case CREATED -> answer.statusCode() == 201;
                case FORBIDDEN -> answer.statusCode() == 403
                        || answer.statusCode() == 400 && body.contains("admission webhook");
            };
        }

        private static boolean allowed(String body) {
            return ALLOWED.matcher(body).find();
        }
    }

    static Call review(String name, URI uri, byte[] review, Expected expected) {
        return new Call(name, Http.post(uri, review), expected);
    }

    /** Whether it is answered as expected. */
    boolean holds(HttpClient client) throws IOException {
        return expected.is(Http.send(client, request));
    }

    /** Fails unless it is answered as expected. */
    void check(HttpClient client) throws IOException {
        check(Http.send(client, request));
    }

    void check(HttpResponse<String> answer) throws UnsuitableException {
        if (!expected.is(answer)) {
            throw new UnsuitableException(what + ": expected the pod to be " + expected.text + " by " + request.uri()
                    + ", got " + answer.statusCode() + " " + beginning(answer.body()));
        }
    }

    /** Of a review only the response: some send the request back beside it. */
    private static String beginning(String body) {
        String told = body;
        try {
            JsonNode response = Reviews.JSON.readTree(body).path("response");
            told = response.isMissingNode() ? body : response.toString();
        } catch (JsonProcessingException e) {
            // Then it is no review.
        }
        return told.substring(0, Math.min(600, told.length()));
    }
}

package dev.bulkhead.app.server;

import static io.restassured.RestAssured.given;

import io.quarkus.vertx.http.HttpServer;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/** The webhook's port as a client library sees it. What no client library sends goes over a {@link Wire}. */
final class Webhook {
    private Webhook() {}

    /** A request of JSON, whose path is sent as it is written. */
    static RequestSpecification at(HttpServer server) {
        return given().baseUri("https://localhost")
                .port(server.getSecurePort())
                .relaxedHTTPSValidation()
                .urlEncodingEnabled(false)
                .contentType("application/json");
    }

    /** Posts a review, as the API server does. */
    static ValidatableResponse post(HttpServer server, String path, byte[] review) {
        return at(server).body(review).post(path).then();
    }
}

package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Inject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unless it is asked for, there is no API. */
@QuarkusTest
class ApiOffTest {
    @Inject
    ApiServer api;

    @Inject
    HttpServer gate;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/rules",
                "/api/v1/version",
                "/api/openapi",
                "/webjars/htmx.org/2.0.4/dist/htmx.min.js",
                "/webjars/uplot/1.6.30/dist/uPlot.min.css",
                "/api/%2e%2e/webjars/htmx.org/2.0.4/dist/htmx.min.js",
                "/workloads",
                "/sign-in",
            })
    void listensNowhereAndAnswersNothing(String path) {
        assertThat(api.port()).isEmpty();
        given().baseUri("https://localhost")
                .port(gate.getSecurePort())
                .relaxedHTTPSValidation()
                .urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(404)
                .body(startsWith("There is nothing here."));
    }
}

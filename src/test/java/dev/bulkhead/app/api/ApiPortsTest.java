package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one port answers, no other does. */
@QuarkusTest
@TestProfile(ApiTest.Enabled.class)
class ApiPortsTest {
    @Inject
    ApiServer api;

    @Inject
    HttpServer gate;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/v1/rules",
                "/api/v1/rules/privileged",
                "/api/v1/check",
                "/api/v1/version",
                "/api/openapi",
                "/api/openapi.json",
                "//api/v1/rules",
                "/api/v1/../v1/rules",
                "/api/v1/%72ules",
                "/%61pi/v1/rules",
                "/v1/rules",
                "/rules",
                "/q/openapi",
            })
    void webhookPortKnowsNoPathOfTheApi(String path) {
        for (RequestSpecification request :
                new RequestSpecification[] {webhook(), webhook().body("{}")}) {
            request.contentType("application/json")
                    .post(path)
                    .then()
                    .statusCode(404)
                    .contentType(startsWith("text/plain"))
                    .body(startsWith("There is nothing here."));
        }
        webhook().get(path).then().statusCode(404).body(startsWith("There is nothing here."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/validate",
                "/mutate",
                "/validate/restricted",
                "/mutate/baseline@v1.31",
                "//validate",
                "/api/../validate",
                "/api/v1/../../validate",
                "/api/%2e%2e/validate",
            })
    void apiPortKnowsNoPathOfTheWebhook(String path) throws IOException {
        String review =
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\"}}";

        RawRequest.Answer answer = RawRequest.send(
                api.port().orElseThrow(),
                "POST",
                path,
                "Content-Type: application/json\r\nContent-Length: " + review.length() + "\r\n",
                review);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.head()).contains("content-type: application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/rules", "/api/openapi", "/q/openapi", "/openapi"})
    void managementPortKnowsNoPathOfTheApi(String path) {
        given().baseUri("http://localhost")
                .port(gate.getManagementPort())
                .get(path)
                .then()
                .statusCode(equalTo(404));
    }

    private RequestSpecification webhook() {
        return given().baseUri("https://localhost")
                .port(gate.getSecurePort())
                .relaxedHTTPSValidation()
                .urlEncodingEnabled(false);
    }
}

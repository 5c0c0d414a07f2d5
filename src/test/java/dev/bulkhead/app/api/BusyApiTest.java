package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nothing that is done with the API keeps a review waiting. */
@QuarkusTest
@TestProfile(BusyApiTest.Narrow.class)
class BusyApiTest {
    private static final int THREADS = 2;

    /** Few slots, and an evaluator that holds its threads. */
    public static class Narrow implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "bulkhead.api.enabled", "true",
                    "bulkhead.api.threads", Integer.toString(THREADS),
                    "bulkhead.api.waiting", "1",
                    "bulkhead.admission.deadline", "10m");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(BlockingEvaluator.class);
        }
    }

    @Inject
    ApiServer api;

    @Inject
    HttpServer gate;

    @Inject
    BlockingEvaluator evaluator;

    @Inject
    CheckPool pool;

    @Test
    void admissionAnswersWhileEveryThreadOfTheApiIsBusy() throws IOException {
        CompletableFuture<Response> first = CompletableFuture.supplyAsync(this::check);
        CompletableFuture<Response> second = CompletableFuture.supplyAsync(this::check);
        evaluator.awaitHeld(THREADS);
        CompletableFuture<Response> waiting = CompletableFuture.supplyAsync(this::check);
        awaitTaken(THREADS + 1);

        assertThat(review()).isEqualTo("5d6b1c1e-9c0a-4c58-8f0e-2f4f6d0c7a11");
        check().then()
                .statusCode(429)
                .contentType(Problem.MEDIA_TYPE)
                .header("Retry-After", "1")
                .body("detail", containsString("Try again"));
        given().baseUri("http://localhost")
                .port(api.port().orElseThrow())
                .get("/api/v1/version")
                .then()
                .statusCode(200);

        evaluator.release(THREADS + 1);
        for (CompletableFuture<Response> unfinished : List.of(first, second, waiting)) {
            unfinished.join().then().statusCode(200).body("evaluated", equalTo(true));
        }
        awaitTaken(0);
    }

    private void awaitTaken(int slots) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (pool.used() != slots) {
            assertThat(System.nanoTime()).as("%d slots are used", pool.used()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private Response check() {
        return given().baseUri("http://localhost")
                .port(api.port().orElseThrow())
                .contentType("application/yaml")
                .body("kind: Pod".getBytes(UTF_8))
                .post("/api/v1/check");
    }

    private String review() throws IOException {
        return given().baseUri("https://localhost")
                .port(gate.getSecurePort())
                .relaxedHTTPSValidation()
                .contentType("application/json")
                .body(Files.readString(Path.of("docs/examples/review.json")))
                .post("/validate")
                .then()
                .statusCode(200)
                .extract()
                .path("response.uid");
    }
}

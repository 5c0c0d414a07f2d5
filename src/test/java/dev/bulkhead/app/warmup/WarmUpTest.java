package dev.bulkhead.app.warmup;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logmanager.handlers.OutputStreamHandler;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(WarmUpTest.ThreeRounds.class)
class WarmUpTest {
    private static final int REVIEWS = 33;

    /** Three rounds of the samples: too few to settle. */
    public static class ThreeRounds implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.admission.warm-up", Integer.toString(REVIEWS));
        }
    }

    @Inject
    HttpServer server;

    @Inject
    @Readiness
    WarmUp warmUp;

    @Test
    void isReadyAfterItsReviewsWereAnsweredOverHttps() {
        awaitReadiness();

        // Afterwards each of the eleven samples over two connections.
        assertThat(warmUp.sent()).isEqualTo(REVIEWS + 22);
    }

    @Test
    void itsReviewsAreNotCounted() {
        awaitReadiness();

        assertThat(get("/q/metrics").asString().lines())
                .filteredOn(line -> line.startsWith("bulkhead_admission_requests_total")
                        || line.startsWith("bulkhead_findings_total"))
                .isEmpty();
        assertThat(get("/q/metrics").asString().lines())
                .filteredOn(line -> line.startsWith("bulkhead_admission_duration_seconds_count"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith(" 0") || line.endsWith(" 0.0"));
    }

    @Test
    void itsReviewsAreLoggedInTheFormatOfTheConsoleWhereNobodyReads() {
        awaitReadiness();

        Logger log = Logger.getLogger("warm-up");
        assertThat(log.getUseParentHandlers()).isFalse();
        assertThat(log.getHandlers()).singleElement().isInstanceOf(OutputStreamHandler.class);
    }

    private void awaitReadiness() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (get("/q/health/ready").statusCode() != 200) {
            assertThat(System.nanoTime()).as("it becomes ready in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private Response get(String path) {
        return given().baseUri("http://localhost")
                .port(server.getManagementPort())
                .get(path);
    }
}

package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Errors for lack of memory that do not end the process, at the worst moments: those that libraries throw, as when direct
 * buffers run out. An exhausted heap ends it, see {@code LauncherTest}.
 */
@QuarkusTest
@TestProfile(LackOfMemoryTest.Exhausted.class)
class LackOfMemoryTest {
    /** No answer but those that need no memory, and a deadline that comes soon. */
    public static class Exhausted implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.admission.deadline", "1s");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(ExhaustedService.class);
        }
    }

    @Inject
    HttpServer server;

    @ParameterizedTest
    @CsvSource({
        "evaluating, /validate, Pod, false",
        "evaluating, /mutate, Pod, true",
        "evaluating, /validate, Namespace, true",
        "claimed, /validate, Pod, false",
        "claimed, /mutate, Pod, true",
        "claimed, /validate, Namespace, true",
        "late, /validate, Pod, false",
        "late, /mutate, Pod, true",
        "late, /validate, Namespace, true",
    })
    @DisplayName("RL-20 whichever allocation fails, a review with a uid is decided and its memory released")
    void everyReviewWithAUidIsDecided(String moment, String path, String kind, boolean allowed) throws Exception {
        byte[] review =
                ("{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u-7\","
                                + "\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"" + kind + "\"},"
                                + "\"name\":\"" + moment + "\"}}")
                        .getBytes(UTF_8);
        Webhook.post(server, path, review)
                .statusCode(200)
                .body("response.uid", equalTo("u-7"))
                .body("response.allowed", equalTo(allowed))
                .body(not(containsString("patch")), not(containsString("secret")));
        assertEverythingIsGivenBack();
    }

    private void assertEverythingIsGivenBack() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String free = "bulkhead_admission_buffered_bytes 0.0";
        List<String> buffered;
        do {
            buffered = Management.metrics(server.getManagementPort(), "bulkhead_admission_buffered_bytes");
        } while (!buffered.contains(free) && System.nanoTime() < end);
        assertThat(buffered).containsExactly(free);
    }
}

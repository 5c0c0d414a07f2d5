package dev.bulkhead.app.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.server.Wire.Response;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reviews as large as users can make them, with the default limits but for the deadline. */
@QuarkusTest
@TestProfile(LargeReviewsTest.Patient.class)
class LargeReviewsTest {
    /** Leaves a busy machine enough time. */
    public static final class Patient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.admission.deadline", "60s");
        }
    }

    private static final int MEBIBYTE = 1 << 20;

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Test
    @DisplayName("IN-10 eighteen MiB of escaped text are evaluated: three MiB of < as the API server writes them")
    void evaluatesTheLargestLegalReview() throws Exception {
        ObjectNode review = (ObjectNode) new ObjectMapper().readTree(example());
        ((ObjectNode) review.at("/request/object/spec/containers/0"))
                .putArray("args")
                .add("LESS");
        byte[] body = review.toString()
                .replace("LESS", "\\u003c".repeat(3 * MEBIBYTE))
                .getBytes(UTF_8);
        assertThat(body.length).isGreaterThan(18 * MEBIBYTE);
        String answer = Webhook.post(server, "/validate", body)
                .statusCode(200)
                .body("response.allowed", equalTo(false))
                .body("response.status.message", containsString("privileged"))
                .extract()
                .asString();
        assertThat(answer).hasSizeLessThan(64 * 1024);
        assertEverythingIsGivenBack();
    }

    @Test
    @DisplayName("IN-10 a body over the limit is denied with its uid")
    void deniesWhatIsTooLarge() throws Exception {
        byte[] body = Arrays.copyOf(example(), 33 * MEBIBYTE);
        Arrays.fill(body, example().length, body.length, (byte) ' ');
        Webhook.post(server, "/validate", body)
                .statusCode(200)
                .body("response.allowed", equalTo(false))
                .body("response.status.message", containsString("larger than 33554432 bytes"));
    }

    @Test
    @DisplayName("IN-34 of 200 concurrent large bodies some get a 429, and small reviews are evaluated")
    void rejectsReviewsBeyondTheMemoryLimit() throws Exception {
        byte[] large = Arrays.copyOf(example(), 4 * MEBIBYTE);
        Arrays.fill(large, example().length, large.length, (byte) ' ');
        ExecutorService clients = Executors.newFixedThreadPool(50);
        List<Future<List<Response>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(clients.submit(() -> {
                try (Wire wire = open()) {
                    List<Response> all = new ArrayList<>();
                    for (int j = 0; j < 4; j++) {
                        // The last byte waits, so that bodies pile up.
                        wire.head(
                                        "POST /validate HTTP/1.1",
                                        "Host: gate",
                                        "Content-Type: application/json",
                                        "Content-Length: " + large.length)
                                .raw(Arrays.copyOf(large, large.length - 1));
                        wire.raw(" ");
                        all.add(wire.response());
                    }
                    return all;
                }
            }));
        }
        try (Wire wire = open()) {
            for (int i = 0; i < 50; i++) {
                assertThat(wire.post("/validate", example()).response().status())
                        .as("a small review")
                        .isEqualTo(200);
            }
        }
        int evaluated = 0;
        for (Future<List<Response>> future : answers) {
            for (Response response : future.get(120, TimeUnit.SECONDS)) {
                if (response.status() == 200) {
                    evaluated++;
                    assertThat(response.body()).contains("\"allowed\":false");
                } else {
                    assertThat(response.status()).isEqualTo(429);
                    assertThat(response.header("retry-after")).contains("1");
                }
            }
        }
        clients.shutdown();
        assertThat(evaluated).isPositive();
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

    private static byte[] example() throws IOException {
        return Files.readAllBytes(Path.of("docs/examples/review.json"));
    }

    private Wire open() throws IOException, GeneralSecurityException {
        return Wire.open(
                server.getSecurePort(),
                certificate.current().orElseThrow().chain().get(1));
    }
}

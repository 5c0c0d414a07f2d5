package dev.bulkhead.app.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The API's listener while the program drains and stops. */
@QuarkusTest
@TestProfile(ApiStopTest.Stopping.class)
class ApiStopTest {
    /** Two threads that hold what they evaluate, and half of the exit timeout for those that are in flight. */
    public static class Stopping implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "bulkhead.api.enabled", "true",
                    "bulkhead.api.threads", "2",
                    "bulkhead.admission.deadline", "10m",
                    "bulkhead.admission.exit-timeout", "20s");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(BlockingEvaluator.class);
        }
    }

    @Inject
    ApiServer api;

    @Inject
    BlockingEvaluator evaluator;

    @Inject
    Event<ShutdownDelayInitiatedEvent> drain;

    @Test
    void finishesWhatIsInFlightWithinItsTimeAndWaitsNoLonger() throws IOException {
        int port = api.port().orElseThrow();
        try (Socket idle = new Socket("localhost", port);
                Socket first = check(port);
                Socket second = check(port)) {
            evaluator.awaitHeld(2);

            drain.fire(new ShutdownDelayInitiatedEvent());
            given().baseUri("http://localhost")
                    .port(port)
                    .get("/api/v1/version")
                    .then()
                    .statusCode(200)
                    .header("Connection", equalTo("close"));

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> api.stop(new ShutdownEvent()));
            assertThat(read(idle)).as("a connection without a request").isEmpty();
            evaluator.release(1);
            stopped.join();

            List<String> answers = List.of(read(first), read(second));
            assertThat(answers).filteredOn(String::isEmpty).hasSize(1);
            assertThat(answers)
                    .filteredOn(answer -> !answer.isEmpty())
                    .singleElement()
                    .satisfies(text -> {
                        RawRequest.Answer answer = RawRequest.Answer.of(text);
                        assertThat(answer.status()).isEqualTo(200);
                        assertThat(answer.head()).contains("\r\nconnection: close");
                        assertThat(answer.body()).isEqualTo("{\"evaluated\":true}");
                    });
        }
        assertThat(api.port()).isEmpty();
        assertThatIOException().isThrownBy(() -> new Socket("localhost", port).close());
        evaluator.release(1);
    }

    /** A client that would use its connection again. */
    private static Socket check(int port) throws IOException {
        Socket socket = new Socket("localhost", port);
        String request = "POST /api/v1/check HTTP/1.1\r\nHost: api\r\nContent-Type: application/yaml\r\n"
                + "Content-Length: 9\r\n\r\nkind: Pod";
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return socket;
    }

    /** What arrives until the other side closes the connection. */
    private static String read(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
}

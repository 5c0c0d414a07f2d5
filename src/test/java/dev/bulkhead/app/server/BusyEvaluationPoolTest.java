package dev.bulkhead.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.certificate.ServedCertificate;
import dev.bulkhead.app.server.EvaluationPool.Lane;
import dev.bulkhead.app.server.Wire.Response;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The webhook while its evaluation threads are held. */
@QuarkusTest
@TestProfile(BusyEvaluationPoolTest.Held.class)
class BusyEvaluationPoolTest {
    private static final int SMALL = 1_000;
    private static final int MEDIUM = 200_000;
    private static final int LARGE = 2_000_000;

    /** Evaluations that do not end, and a deadline that comes soon. */
    public static class Held implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("bulkhead.admission.deadline", "2s");
        }

        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(BlockingService.class);
        }
    }

    @Inject
    HttpServer server;

    @Inject
    @Identifier("gate")
    ServedCertificate certificate;

    @Inject
    BlockingService service;

    private final List<Wire> wires = new ArrayList<>();

    @BeforeEach
    void forgetWhatWasBegun() {
        service.begun();
    }

    @AfterEach
    void letGo() throws IOException {
        service.release();
        for (Wire wire : wires) {
            wire.close();
        }
    }

    private Wire post(String name, int size) throws IOException, GeneralSecurityException {
        Wire wire = Wire.open(
                server.getSecurePort(),
                certificate.current().orElseThrow().chain().get(1));
        wires.add(wire);
        return wire.post("/validate", BlockingService.review(name, size));
    }

    /** Holds every thread of a lane. */
    private void hold(Lane lane, String name, int size) throws IOException, GeneralSecurityException {
        for (int i = 0; i < lane.threads(); i++) {
            post(name, size);
        }
        service.awaitBlocked(lane.threads());
    }

    private void holdAll() throws IOException, GeneralSecurityException {
        hold(Lane.QUESTIONS, BlockingService.ASK, SMALL);
        hold(Lane.SMALL, BlockingService.BLOCK, SMALL);
        hold(Lane.MEDIUM, BlockingService.BLOCK, MEDIUM);
        hold(Lane.LARGE, BlockingService.BLOCK, LARGE);
    }

    private static void assertDeniedAtTheDeadline(Response response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains("\"allowed\":false", "it was not evaluated within 2000 ms");
    }

    @Test
    @DisplayName(
            "RL-11 while every evaluation thread is busy, health and metrics answer and reviews are denied in time")
    void timersAndHealthShareNoThreadWithEvaluation() throws Exception {
        Management.awaitReadiness(server.getManagementPort());
        holdAll();

        Management.get(server.getManagementPort(), "/q/health/live").then().statusCode(200);
        Management.get(server.getManagementPort(), "/q/health/ready").then().statusCode(200);
        assertThat(Management.metrics(server.getManagementPort(), "bulkhead_build_info"))
                .isNotEmpty();
        List<Wire> waiting = List.of(post("late", SMALL), post("late", MEDIUM), post("late", LARGE));
        for (Wire wire : waiting) {
            assertDeniedAtTheDeadline(wire.response());
        }
        for (Wire held : wires.subList(0, wires.size() - waiting.size())) {
            assertDeniedAtTheDeadline(held.response());
        }
        assertThat(service.begun()).doesNotContain("late");

        service.release();
        assertThat(post("next", SMALL).response().body()).isEqualTo("next");
        assertThat(post("next", MEDIUM).response().body()).isEqualTo("next");
        assertThat(post("next", LARGE).response().body()).isEqualTo("next");
        assertThat(service.begun()).containsOnly("next");
    }

    @Test
    void smallReviewsAreNotDelayedByLargeOnes() throws Exception {
        hold(Lane.QUESTIONS, BlockingService.ASK, SMALL);
        hold(Lane.MEDIUM, BlockingService.BLOCK, MEDIUM);
        hold(Lane.LARGE, BlockingService.BLOCK, LARGE);

        assertThat(post("small", SMALL).response().body()).isEqualTo("small");
    }

    @Test
    void mediumReviewsAreNotDelayedByOthers() throws Exception {
        hold(Lane.SMALL, BlockingService.BLOCK, SMALL);
        hold(Lane.LARGE, BlockingService.BLOCK, LARGE);

        assertThat(post("middling", MEDIUM).response().body()).isEqualTo("middling");
    }

    @Test
    void preemptedReviewsTakeTurnsByNamespace() throws Exception {
        hold(Lane.LARGE, BlockingService.BLOCK, LARGE);
        List<Wire> posted = new ArrayList<>();
        for (String namespace : List.of("a", "a", "a", "b", "c", "d")) {
            posted.add(post(BlockingService.LONG + "-" + namespace, SMALL));
            awaitWaiting("large", posted.size());
        }
        service.begun();

        service.release();
        for (Wire wire : posted) {
            assertThat(wire.response().body()).startsWith(BlockingService.LONG);
        }
        List<String> begun = service.begun();
        assertThat(begun).hasSize(posted.size());
        // Not all of the others share a flow with the first.
        assertThat(begun.subList(0, 3)).anyMatch(name -> !name.equals("long-a"));
    }

    @Test
    void abandonedReviewsAreNotEvaluated() throws Exception {
        hold(Lane.SMALL, BlockingService.BLOCK, SMALL);
        Wire gone = post("gone", SMALL);
        awaitWaiting("small", 1);
        gone.close();
        awaitWaiting("small", 0);

        service.release();
        assertThat(post("next", SMALL).response().body()).isEqualTo("next");
        assertThat(service.begun()).contains("next").doesNotContain("gone");
    }

    private void awaitWaiting(String lane, int reviews) throws IOException, InterruptedException {
        String line = "bulkhead_admission_waiting{lane=\"" + lane + "\"} " + reviews + ".0";
        for (int i = 0;
                !Management.metrics(server.getManagementPort(), "bulkhead_admission_waiting")
                        .contains(line);
                i++) {
            assertThat(i).isLessThan(10_000);
        }
    }
}

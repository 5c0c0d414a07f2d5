package dev.bulkhead.app.cluster.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.MovingClock;
import dev.bulkhead.app.cluster.FakeApiServer;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Excused;
import dev.bulkhead.app.cluster.status.ExemptionUsage.Use;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsageWriterTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final String EXEMPTION = """
            apiVersion: bulkhead.dev/v1alpha1
            kind: Exemption
            metadata: {name: %s, namespace: bulkhead-system}
            spec: {reason: because}
            """;

    private final FakeApiServer server = new FakeApiServer();
    private final MovingClock clock = new MovingClock(START);
    private final ExemptionUsage uses = new ExemptionUsage();
    private final UsageWriter writer = new UsageWriter(server.client(), clock);

    @BeforeEach
    void create() {
        server.create(EXEMPTION.formatted("agent"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void use(String exemption, String workload, String... values) {
        uses.putBack(
                "bulkhead-system/" + exemption,
                new Use(
                        clock.instant(),
                        Map.of(workload, new Excused(clock.instant(), new TreeSet<>(Set.of(values))))));
    }

    private JsonNode status(String exemption) {
        return server.get("Exemption", "bulkhead-system", exemption).path("status");
    }

    @Test
    void writesWhatWasExcusedAndWhen() throws IOException {
        use("agent", "shop/Deployment/web", "hostNamespaces=hostPID", "hostPorts=80");

        writer.write(uses);

        assertThat(status("agent").path("lastUsed").asText()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(status("agent").at("/excused/shop~1Deployment~1web").toString())
                .isEqualTo("{\"lastUsed\":\"2026-11-24T12:00:00Z\","
                        + "\"values\":[\"hostNamespaces=hostPID\",\"hostPorts=80\"]}");
    }

    @Test
    void keepsWhatOthersWroteBefore() throws IOException {
        use("agent", "shop/Deployment/web", "hostPorts=80");
        writer.write(uses);
        ExemptionUsage seenElsewhere = new ExemptionUsage();
        seenElsewhere.putBack(
                "bulkhead-system/agent",
                new Use(
                        START.minusSeconds(30),
                        Map.of(
                                "shop/Deployment/web",
                                new Excused(START.minusSeconds(30), new TreeSet<>(Set.of("hostPorts=81"))),
                                "shop/Job/a",
                                new Excused(START.minusSeconds(30), new TreeSet<>(Set.of("hostPorts=82"))))));

        new UsageWriter(server.client(), clock).write(seenElsewhere);

        assertThat(status("agent").path("lastUsed").asText()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(status("agent").at("/excused/shop~1Deployment~1web").toString())
                .isEqualTo("{\"lastUsed\":\"2026-11-24T12:00:00Z\",\"values\":[\"hostPorts=80\",\"hostPorts=81\"]}");
        assertThat(status("agent").path("excused").size()).isEqualTo(2);
    }

    @Test
    void keepsOnlyTheWorkloadsThatWereExcusedLast() throws IOException {
        for (int i = 0; i < 150; i++) {
            use("agent", "shop/Job/" + i, "hostPorts=80");
            clock.pass(Duration.ofMinutes(2));
            writer.write(uses);
        }

        JsonNode excused = status("agent").path("excused");
        assertThat(excused.size()).isEqualTo(100);
        assertThat(excused.has("shop/Job/49")).isFalse();
        assertThat(excused.has("shop/Job/50")).isTrue();
        assertThat(excused.has("shop/Job/149")).isTrue();
    }

    @Test
    void removesWhatAnEarlierVersionWroteInAnotherForm() throws IOException {
        server.create(EXEMPTION.formatted("old"));
        server.updateStatus(EXEMPTION.formatted("old") + "status: {excused: {shop/Job/a: 'hostPorts=80',"
                + " shop/Job/c: {lastUsed: '2026-11-24T11:00:00Z', values: hostPorts=80},"
                + " shop/Job/d: {lastUsed: '2026-11-24T11:00:00Z', values: [80]}}}\n");
        assertThat(status("old").path("excused").has("shop/Job/a")).isTrue();
        server.withoutRatcheting();
        use("old", "shop/Job/b", "hostPorts=81");

        writer.write(uses);

        assertThat(status("old").path("excused").properties())
                .singleElement()
                .satisfies(entry -> assertThat(entry.getKey()).isEqualTo("shop/Job/b"));
    }

    @Test
    void putsBackWhatCouldNotBeWrittenAndSaysWhy() throws IOException {
        server.create(EXEMPTION.formatted("other"));
        use("agent", "shop/Job/a", "hostPorts=80");
        use("other", "shop/Job/b", "hostPorts=81");
        server.fail(request -> request.startsWith("PATCH") && request.contains("/agent/status"), 422);

        assertThatThrownBy(() -> writer.write(uses))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the usage of 1 exemptions could not be written")
                .hasMessageContaining("422");
        assertThat(status("other").path("excused").has("shop/Job/b")).isTrue();

        server.recover();
        writer.write(uses);
        assertThat(status("agent").path("excused").has("shop/Job/a")).isTrue();
        assertThat(uses.bytes()).isZero();
    }

    @Test
    void forgetsTheUsageOfAnExemptionThatIsGone() throws IOException {
        use("gone", "shop/Job/a", "hostPorts=80");

        writer.write(uses);

        assertThat(uses.bytes()).isZero();
        assertThat(server.count(request -> request.startsWith("PATCH"))).isZero();
    }
}

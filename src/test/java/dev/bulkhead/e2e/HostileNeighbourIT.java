package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * While one user sends the worst reviews there are, another one's pods are created as ever: none fails, none is admitted
 * that should not be, none is refused for want of an answer. {@code bench/soak} makes it long.
 */
@Tag("load")
class HostileNeighbourIT {
    private static final long PODS = Long.getLong("soak.hostile-pods", 200L);
    private static final int STREAMS = Integer.getInteger("soak.hostile-streams", 4);

    private final List<String> rows = new ArrayList<>();

    private interface Starting {
        List<HostileStreams> start();
    }

    @Test
    void worstCaseReviewsOfOneNamespaceFailNoPodOfAnother() throws IOException {
        try (Site site = new Site(Installed.programs(), Map.of());
                Load load = new Load(site.plane(), 2)) {
            load.awaitMore(20);
            List<Runnable> checks = new ArrayList<>();
            checks.add(during(load, "nothing", List::of));
            checks.add(during(
                    load,
                    "through the API server",
                    () -> List.of(HostileStreams.throughApiServer(site.plane(), STREAMS))));
            checks.add(during(load, "at the port", () -> List.of(atPort(site))));
            checks.add(during(
                    load, "both", () -> List.of(HostileStreams.throughApiServer(site.plane(), STREAMS), atPort(site))));

            checks.forEach(Runnable::run);
        }
    }

    private static HostileStreams atPort(Site site) {
        String address = site.plane()
                .get("-n", Replica.NAMESPACE, "service", "bulkhead")
                .at("/spec/clusterIP")
                .asText();
        return HostileStreams.atPort(address + ":8443", STREAMS);
    }

    private Runnable during(Load load, String what, Starting starting) throws IOException {
        List<HostileStreams> streams = new ArrayList<>();
        Tally before = load.tally();
        load.millisOfMost();
        long start = System.nanoTime();
        try {
            streams.addAll(starting.start());
            // All share the machine, so this may take long; only failures matter.
            load.awaitMore(PODS, Duration.ofSeconds(120 + PODS));
        } finally {
            streams.forEach(HostileStreams::close);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Tally tally = load.tally().since(before);
        long answered = streams.stream().mapToLong(HostileStreams::answered).sum();
        long unanswered = streams.stream().mapToLong(HostileStreams::unanswered).sum();
        rows.add(String.format(
                "| %s | %,d of %d KB | %d | %d s | %,d | %d | %d | %d | %d ms |",
                what,
                answered,
                answered == 0 ? 0 : HostileStreams.size() / 1_000,
                unanswered,
                (long) seconds,
                tally.decided(),
                tally.failed(),
                tally.wronglyAdmitted(),
                tally.wronglyDenied(),
                load.millisOfMost()));
        report();
        return () -> {
            assertThat(tally.isClean()).as(what + ": " + load.failures()).isTrue();
            // Without hostile requests the test would show nothing.
            assertThat(streams)
                    .as(what)
                    .allSatisfy(stream -> assertThat(stream.answered()).isPositive());
        };
    }

    /** Writes the rows so far. */
    private void report() throws IOException {
        Files.writeString(
                Path.of("target", "soak-hostile.md"),
                "| hostile stream | answered | unanswered | in | pods of the first user | failed | wrongly admitted | wrongly denied | p99 |\n"
                        + "|---|---|---|---|---|---|---|---|---|\n" + String.join("\n", rows) + "\n");
    }
}

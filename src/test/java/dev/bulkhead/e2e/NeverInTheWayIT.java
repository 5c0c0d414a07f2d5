package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Under a steady stream of pods: certificates and authorities renewed, replicas restarted and killed, the API server
 * restarted. {@code bench/soak} makes it long.
 */
class NeverInTheWayIT {
    private static final int ROUNDS = Integer.getInteger("soak.rounds", 1);
    private static final int AUTHORITIES = Integer.getInteger("soak.authorities", 1);
    private static final int API_SERVERS = Integer.getInteger("soak.api-servers", 1);
    private static final long REQUESTS = Long.getLong("soak.requests", 1_000L);
    private static final int DRAIN_SECONDS = Integer.getInteger("soak.drain", 10);
    private static final long BETWEEN = Math.min(100, REQUESTS / 10);

    private final Map<String, String> rows = new LinkedHashMap<>();
    private final List<Replica> leaving = new ArrayList<>();

    private interface Happening {
        void happen() throws IOException;
    }

    @Test
    void noRequestFailsWhateverHappensToTheGate() throws Exception {
        Map<String, Object> values = Map.of(
                "drainSeconds", DRAIN_SECONDS,
                "extraEnv[0].name", "BULKHEAD_TLS_KNOWN_BEFORE",
                "extraEnv[0].value", "5s");
        try (Site site = new Site(Installed.programs(), values);
                Load load = new Load(site.plane(), 2)) {
            load.awaitMore(BETWEEN);
            List<Runnable> checks = new ArrayList<>();
            checks.add(during(load, "certificate renewed", ROUNDS, () -> renew(site, "certificate")));
            checks.add(during(load, "authority renewed", AUTHORITIES, () -> renew(site, "authority")));
            checks.add(during(load, "Secret deleted", ROUNDS, () -> deleteSecret(site)));
            checks.add(during(load, "both replicas restarted", ROUNDS, () -> restartBoth(site)));
            checks.add(during(
                    load,
                    "API server restarted",
                    API_SERVERS,
                    () -> site.plane().restartApiServer()));
            Runnable killed = during(load, "leader killed", ROUNDS, () -> killLeader(site));
            checks.add(during(
                    load,
                    "nothing",
                    1,
                    () -> load.awaitMore(Math.max(0, REQUESTS - load.tally().decided()))));

            checks.forEach(Runnable::run);
            killed.run();
        } finally {
            leaving.forEach(Replica::close);
        }
    }

    /** As far as it came. */
    private void tell(Load load) throws IOException {
        String table = "| what happens | times | in | requests | failed | wrongly admitted | wrongly denied |\n"
                + "|---|---|---|---|---|---|---|\n" + String.join("\n", rows.values()) + "\n";
        Files.writeString(Path.of("target", "soak.md"), table + "\n" + String.join("\n", load.failures()) + "\n");
    }

    private Runnable during(Load load, String what, int times, Happening happening) throws IOException {
        Tally before = load.tally();
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            happening.happen();
            load.awaitMore(BETWEEN);
        }
        Tally tally = load.tally().since(before);
        rows.put(
                what,
                String.format(
                        "| %s | %s | %d s | %,d | %d | %d | %d |",
                        what,
                        what.equals("nothing") ? "" : times,
                        (System.nanoTime() - start) / 1_000_000_000L,
                        tally.decided() + tally.failed() + tally.wronglyAdmitted() + tally.wronglyDenied(),
                        tally.failed(),
                        tally.wronglyAdmitted(),
                        tally.wronglyDenied()));
        tell(load);
        if (what.equals("leader killed")) {
            // Requests that a killed process was answering are lost with it, two at most since two are under way, and
            // so are those that follow until the balancer knows.
            return () -> {
                assertThat(tally.wronglyAdmitted())
                        .as(what + ": " + load.failures())
                        .isZero();
                assertThat(tally.failed() + tally.wronglyDenied())
                        .as(what + ": " + load.failures())
                        .isLessThanOrEqualTo(6L * times);
            };
        }
        return () ->
                assertThat(tally.isClean()).as(what + ": " + load.failures()).isTrue();
    }

    private static JsonNode secret(Site site) {
        return site.plane()
                .get("-n", Replica.NAMESPACE, "secret", "bulkhead-certificate")
                .path("data");
    }

    /** On request, and waits until every replica serves it. */
    private static void renew(Site site, String what) {
        LongSupplier distinct = () ->
                site.replicas().stream().map(NeverInTheWayIT::expiry).distinct().count();
        JsonNode before = secret(site);
        site.plane()
                .kubectl(
                        "-n",
                        Replica.NAMESPACE,
                        "annotate",
                        "secret",
                        "bulkhead-certificate",
                        "bulkhead.dev/renew=" + what);
        ControlPlane.await(
                "another certificate", () -> !secret(site).path("tls.crt").equals(before.path("tls.crt")));
        ControlPlane.await("it on every replica", () -> distinct.getAsLong() == 1);
    }

    private static String expiry(Replica replica) {
        return replica.metrics()
                .lines()
                .filter(line -> line.startsWith("bulkhead_certificate_expiry"))
                .findFirst()
                .orElse("");
    }

    private static void deleteSecret(Site site) {
        JsonNode before = secret(site);
        site.plane().kubectl("-n", Replica.NAMESPACE, "delete", "secret", "bulkhead-certificate");
        ControlPlane.await(
                "the Secret again",
                () -> site.plane()
                                .kubectl("-n", Replica.NAMESPACE, "get", "secret", "bulkhead-certificate")
                                .exitCode()
                        == 0);
        assertThat(secret(site)).isEqualTo(before);
    }

    /** As a Deployment does it with maxUnavailable 0: the new one is ready before the old one is told to stop. */
    private void restartBoth(Site site) throws IOException {
        for (Replica old : List.copyOf(site.replicas())) {
            Replica fresh = site.another();
            site.replicas().add(fresh);
            site.awaitReady();
            site.replicas().remove(old);
            site.balance();
            old.terminate();
            leaving.add(old);
        }
        leaving.removeIf(replica -> !replica.isRunning());
    }

    private void killLeader(Site site) throws IOException {
        ControlPlane.await("a leader", () -> leader(site) != null);
        Replica leader = leader(site);
        site.replicas().remove(leader);
        leader.close();
        // It takes a moment until a Service leads nobody there any more.
        site.balance();
        site.replicas().add(site.another());
        site.awaitReady();
    }

    private static Replica leader(Site site) {
        return site.replicas().stream()
                .filter(replica -> replica.metrics().contains("bulkhead_leader 1.0"))
                .findFirst()
                .orElse(null);
    }
}

package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.e2e.Load.Failure;
import dev.bulkhead.e2e.Load.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Under a steady stream of pods: certificates and authorities renewed, replicas restarted and killed, the API server
 * restarted. {@code bench/soak} makes it long.
 */
@Tag("load")
class AvailabilityIT {
    private static final int ROUNDS = Integer.getInteger("soak.rounds", 1);
    private static final int CA_RENEWALS = Integer.getInteger("soak.ca-renewals", 1);
    private static final int API_SERVERS = Integer.getInteger("soak.api-servers", 1);
    private static final long REQUESTS = Long.getLong("soak.requests", 1_000L);
    private static final int DRAIN_SECONDS = Integer.getInteger("soak.drain", 10);
    private static final long BETWEEN = Math.min(100, REQUESTS / 10);

    /** How long connections lead to a killed replica until somebody notices, as a kubelet does within a second or two. */
    private static final Duration UNNOTICED = Duration.ofMillis(Integer.getInteger("soak.unnoticed", 1_000));

    private static final Pattern FAILED_CALLS = Pattern.compile(
            "(?m)^apiserver_admission_webhook_(?:fail_open_count\\{.*|rejection_count\\{.*calling_webhook_error.*)\\} (\\d+)$");

    private final Map<String, String> rows = new LinkedHashMap<>();
    private final List<Replica> leaving = new ArrayList<>();
    private final List<Kill> kills = new ArrayList<>();

    /** When a process was killed, and when connections no longer led to it, as {@link System#nanoTime} counts. */
    private record Kill(long at, long noticed) {}

    private interface Happening {
        void happen() throws IOException;
    }

    @Test
    void noRequestFailsWhateverHappensToTheGate() throws Exception {
        Map<String, Object> values = Map.of(
                "drainSeconds", DRAIN_SECONDS,
                "extraEnv[0].name", "BULKHEAD_TLS_CA_PROPAGATION_DELAY",
                "extraEnv[0].value", "5s");
        try (Site site = new Site(Installed.programs(), values);
                Load load = new Load(site.plane(), 2)) {
            load.awaitMore(BETWEEN);
            List<Runnable> checks = new ArrayList<>();
            checks.add(during(load, "certificate renewed", ROUNDS, () -> renew(site, "certificate")));
            checks.add(during(load, "CA renewed", CA_RENEWALS, () -> renew(site, "ca")));
            checks.add(during(load, "Secret deleted", ROUNDS, () -> deleteSecret(site)));
            checks.add(during(load, "both replicas restarted", ROUNDS, () -> restartBoth(site)));
            checks.add(during(
                    load,
                    "API server restarted",
                    API_SERVERS,
                    () -> site.plane().restartApiServer()));
            checks.add(during(load, "leader killed", ROUNDS, () -> killLeader(site)));
            checks.add(during(load, "leader killed while it renews", ROUNDS, () -> killWhileRenewing(site)));
            checks.add(during(
                    load,
                    "nothing",
                    1,
                    () -> load.awaitMore(Math.max(0, REQUESTS - load.tally().decided()))));

            checks.forEach(Runnable::run);
        } finally {
            leaving.forEach(Replica::close);
        }
    }

    /** Writes the rows so far. */
    private void report(Load load) throws IOException {
        String table =
                "| what happens | times | in | requests | failed | wrongly admitted | wrongly denied | failed calls | p99 |\n"
                        + "|---|---|---|---|---|---|---|---|---|\n" + String.join("\n", rows.values()) + "\n";
        String failures = load.failures().stream().map(this::place).collect(Collectors.joining("\n", "\n", "\n"));
        Files.writeString(Path.of("target", "soak.md"), table + failures);
    }

    /** The failure, with its time since the kill before it. */
    private String place(Failure failure) {
        return killBefore(failure)
                .map(kill -> String.format(
                        "sent %+d ms and ended %+d ms from a kill: %s",
                        (failure.sent() - kill.at()) / 1_000_000,
                        (failure.ended() - kill.at()) / 1_000_000,
                        failure.what()))
                .orElse(failure.what());
    }

    private Optional<Kill> killBefore(Failure failure) {
        return kills.stream().filter(kill -> kill.at() < failure.ended()).reduce((first, last) -> last);
    }

    private Runnable during(Load load, String what, int times, Happening happening) throws IOException {
        Tally before = load.tally();
        boolean sameApiServer = !what.startsWith("API server");
        long failedBefore = sameApiServer ? failedCalls(load.plane()) : 0;
        load.millisOfMost();
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            happening.happen();
            load.awaitMore(BETWEEN);
        }
        Tally tally = load.tally().since(before);
        long failedCalls = sameApiServer ? failedCalls(load.plane()) - failedBefore : 0;
        rows.put(
                what,
                String.format(
                        "| %s | %s | %d s | %,d | %d | %d | %d | %s | %d ms |",
                        what,
                        what.equals("nothing") ? "" : times,
                        (System.nanoTime() - start) / 1_000_000_000L,
                        tally.decided() + tally.failed() + tally.wronglyAdmitted() + tally.wronglyDenied(),
                        tally.failed(),
                        tally.wronglyAdmitted(),
                        tally.wronglyDenied(),
                        sameApiServer ? failedCalls : "",
                        load.millisOfMost()));
        report(load);
        if (what.startsWith("leader killed")) {
            // A kill loses the requests in flight, at most two, and some that are routed to the replica until the
            // failure is detected, but none that is sent later. No pod is wrongly admitted.
            return () -> {
                assertThat(tally.wronglyAdmitted())
                        .as(what + ": " + load.failures())
                        .isZero();
                assertThat(tally.failed() + tally.wronglyDenied())
                        .as(what + ": " + load.failures())
                        .isLessThanOrEqualTo(10L * times);
                assertThat(load.failures())
                        .allSatisfy(failure -> assertThat(killBefore(failure))
                                .as("" + failure)
                                .hasValueSatisfying(kill -> assertThat(failure.sent() - kill.noticed())
                                        .as("" + failure)
                                        .isNegative()));
            };
        }
        return () -> {
            assertThat(tally.isClean()).as(what + ": " + load.failures()).isTrue();
            assertThat(failedCalls)
                    .as(what + ": calls that failed, as the API server counts them")
                    .isZero();
        };
    }

    /** Calls of webhooks that failed since the API server started, whether the pod was admitted or rejected then. */
    private static long failedCalls(ControlPlane plane) {
        return FAILED_CALLS
                .matcher(plane.kubectl("get", "--raw", "/metrics").out())
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static JsonNode secret(Site site) {
        return site.plane()
                .get("-n", Replica.NAMESPACE, "secret", "bulkhead-certificate")
                .path("data");
    }

    /** Requests a renewal, and waits until every replica serves the result. */
    private static void renew(Site site, String what) {
        JsonNode before = secret(site);
        ask(site, what);
        awaitAnotherThan(before, site);
    }

    private static void ask(Site site, String what) {
        site.plane()
                .kubectl(
                        "-n",
                        Replica.NAMESPACE,
                        "annotate",
                        "secret",
                        "bulkhead-certificate",
                        "bulkhead.dev/renew=" + what);
    }

    private static void awaitAnotherThan(JsonNode before, Site site) {
        LongSupplier distinct = () ->
                site.replicas().stream().map(AvailabilityIT::expiry).distinct().count();
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

    /** As a Deployment does it with maxUnavailable 0: the new replica is ready before the old one is asked to stop. */
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
        long killed = System.nanoTime();
        leader.close();
        pause(UNNOTICED);
        site.balance();
        kills.add(new Kill(killed, System.nanoTime()));
        site.replicas().add(site.another());
        site.awaitReady();
    }

    /** The next leader completes the renewal. */
    private void killWhileRenewing(Site site) throws IOException {
        ControlPlane.await("a leader", () -> leader(site) != null);
        JsonNode before = secret(site);
        ask(site, kills.size() % 2 == 0 ? "certificate" : "ca");
        killLeader(site);
        awaitAnotherThan(before, site);
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Replica leader(Site site) {
        return site.replicas().stream()
                .filter(replica -> replica.metrics().contains("bulkhead_leader 1.0"))
                .findFirst()
                .orElse(null);
    }
}

package dev.bulkhead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.Installed.Site;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.policy.Profile;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What the creation of a pod costs the API server: without webhooks, with both of Bulkhead's, and where it spares the call of
 * {@code /mutate}. The CPU time is that of its process, in alternating rounds; {@code bench/api-server} prints the table.
 */
class ApiServerShareIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = Integer.getInteger("share.rounds", 2);
    private static final int REQUESTS = Integer.getInteger("share.requests", 40);

    /** As Linux counts the time of processes. */
    private static final double MILLIS_PER_TICK = 10;

    private final Map<String, Measured> rows = new LinkedHashMap<>();

    /** What one kind of request took. */
    private static final class Measured {
        private final List<Double> cpu = new ArrayList<>();
        private final List<Double> latencies = new ArrayList<>();

        String row(String name) {
            return String.format(
                    "| %s | %.2f ms | %.1f ms | %.1f ms |",
                    name, quantile(cpu, 0.5), quantile(latencies, 0.5), quantile(latencies, 0.99));
        }
    }

    private static double quantile(List<Double> values, double quantile) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, Math.round(quantile * (sorted.length - 1)))];
    }

    @Test
    void theApiServersShare() throws Exception {
        try (Site site = new Site(
                Installed.programs(), Map.of("webhooks.spareMutateCalls", true, "excludedNamespaces[0]", "aside"))) {
            ControlPlane plane = site.plane();
            plane.apply(
                    "{apiVersion: v1, kind: Namespace, metadata: {name: aside}}\n---\n"
                            + "{apiVersion: v1, kind: Namespace, metadata: {name: called, labels: {bulkhead.dev/mode: enforce}}}");
            for (String namespace : List.of("aside", "called")) {
                ControlPlane.await(
                        "its account",
                        () -> plane.kubectl("-n", namespace, "get", "serviceaccount", "default")
                                        .exitCode()
                                == 0);
            }
            ControlPlane.await(
                    "the condition",
                    () -> plane.get("mutatingwebhookconfiguration", "bulkhead")
                            .toString()
                            .contains("matchConditions"));
            String careless = careless();
            String complete = complete(careless);
            HttpClient client = Load.client(plane);
            // The first round warms up.
            for (int round = 0; round <= ROUNDS; round++) {
                measure(plane, client, round, "complete pod, no webhook", "aside", complete);
                measure(plane, client, round, "complete pod, `/mutate` and `/validate`", "called", complete);
                measure(plane, client, round, "complete pod, `/mutate` spared", "default", complete);
                measure(plane, client, round, "careless pod, no webhook", "aside", careless);
                measure(plane, client, round, "careless pod, `/mutate` without the condition", "called", careless);
                measure(plane, client, round, "careless pod, `/mutate` by the condition", "default", careless);
            }
            String table = "| creation of a | API server's CPU | median | p99 |\n|---|---|---|---|\n"
                    + String.join(
                            "\n",
                            rows.entrySet().stream()
                                    .map(row -> row.getValue().row(row.getKey()))
                                    .toList())
                    + "\n";
            Files.writeString(Path.of("target", "api-server-share.md"), table);
            assertThat(rows).hasSize(6);
        }
    }

    private void measure(ControlPlane plane, HttpClient client, int round, String what, String namespace, String pod)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(plane.url() + "/api/v1/namespaces/" + namespace + "/pods?dryRun=All"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + ControlPlane.ADMIN)
                .POST(BodyPublishers.ofString(pod))
                .build();
        List<Double> latencies = new ArrayList<>();
        double before = cpuMillis(plane.apiServerPid());
        for (int i = 0; i < REQUESTS; i++) {
            long start = System.nanoTime();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            latencies.add((System.nanoTime() - start) / 1e6);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        }
        double cpu = (cpuMillis(plane.apiServerPid()) - before) / REQUESTS;
        if (round > 0) {
            Measured measured = rows.computeIfAbsent(what, name -> new Measured());
            measured.cpu.add(cpu);
            measured.latencies.addAll(latencies);
        }
    }

    /** The processor time that a process has taken, of its own and in the kernel. */
    private static double cpuMillis(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
    }

    /** The typical pod of the other benchmarks, as somebody would create it. */
    private static String careless() throws IOException {
        ObjectNode pod = (ObjectNode)
                JSON.readTree(Path.of("bench", "reviews", "typical.json").toFile())
                        .at("/request/object");
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ((ObjectNode) pod.get("metadata"))
                .remove(Arrays.asList(
                        "name", "namespace", "uid", "creationTimestamp", "ownerReferences", "managedFields"));
        ((ObjectNode) pod.get("spec")).remove(List.of("serviceAccountName", "serviceAccount"));
        return pod.toString();
    }

    private static String complete(String careless) throws IOException {
        ObjectNode pod = (ObjectNode) JSON.readTree(careless);
        pod.withObject("/spec/securityContext").put("runAsUser", 10001).put("runAsGroup", 10001);
        return new WorkloadEvaluation(PolicySet.of(Profile.LEAST_PRIVILEGE), Evaluations.CLUSTER, Evaluations.NOW)
                .asItArrives(
                        WorkloadKinds.builtIn().find(pod).orElseThrow(), Namespace.named("default"), Optional.empty())
                .verdict()
                .patch()
                .applyTo(pod)
                .toString();
    }
}
